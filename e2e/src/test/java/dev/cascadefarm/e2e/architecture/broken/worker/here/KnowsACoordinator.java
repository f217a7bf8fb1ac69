package dev.cascadefarm.e2e.architecture.broken.worker.here;

import dev.cascadefarm.e2e.architecture.broken.coordinator.api.KnowsAWorker;
import dev.cascadefarm.e2e.architecture.broken.worker.there.There;

/** A worker that asks a coordinator, in a package that needs another. */
public interface KnowsACoordinator {
  KnowsAWorker coordinator();

  There there();
}
