package dev.cascadefarm.e2e.architecture.broken.worker.there;

import dev.cascadefarm.e2e.architecture.broken.worker.here.KnowsACoordinator;

/** The other package, which needs the first one. */
public interface There {
  KnowsACoordinator here();
}
