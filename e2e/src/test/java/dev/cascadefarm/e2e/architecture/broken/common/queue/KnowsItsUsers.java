package dev.cascadefarm.e2e.architecture.broken.common.queue;

import dev.cascadefarm.e2e.architecture.broken.coordinator.api.KnowsAWorker;

/** What all know, knowing one of them. */
public record KnowsItsUsers(KnowsAWorker user) {}
