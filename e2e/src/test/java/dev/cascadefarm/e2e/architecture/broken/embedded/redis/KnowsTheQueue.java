package dev.cascadefarm.e2e.architecture.broken.embedded.redis;

import dev.cascadefarm.e2e.architecture.broken.common.queue.KnowsItsUsers;

/** A Redis that knows what it is for. */
public record KnowsTheQueue(KnowsItsUsers queue) {}
