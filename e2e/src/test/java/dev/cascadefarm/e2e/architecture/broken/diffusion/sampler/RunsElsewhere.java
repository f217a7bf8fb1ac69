package dev.cascadefarm.e2e.architecture.broken.diffusion.sampler;

import java.util.concurrent.CompletableFuture;

/** A model that chooses its own thread. */
public interface RunsElsewhere {
  CompletableFuture<Void> step();
}
