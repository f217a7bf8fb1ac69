package dev.cascadefarm.e2e.architecture.broken.diffusion.sampler;

import dev.cascadefarm.e2e.architecture.broken.common.queue.KnowsItsUsers;

/** A model that knows the queue. */
public record KnowsTheFarm(KnowsItsUsers queue) {}
