package dev.cascadefarm.e2e.architecture.broken.coordinator.api;

import dev.cascadefarm.e2e.architecture.broken.worker.here.KnowsACoordinator;

/** A coordinator that asks a worker. */
public interface KnowsAWorker {
  KnowsACoordinator worker();
}
