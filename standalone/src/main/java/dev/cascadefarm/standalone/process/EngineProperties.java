package dev.cascadefarm.standalone.process;

import dev.cascadefarm.standalone.config.FarmConfig;
import dev.cascadefarm.standalone.config.WorkerSettings;

/** What the engine reads from the system properties when it is loaded, once per process. */
final class EngineProperties {
  private static final String GRAPH_OPTIMIZER = "ai.djl.pytorch.graph_optimizer";
  private static final String THREADS = "ai.djl.pytorch.num_threads";

  private EngineProperties() {}

  /** Has to come before the first model. */
  static void apply(FarmConfig config) {
    System.setProperty(
        GRAPH_OPTIMIZER, config.get(WorkerSettings.ENGINE_GRAPH_OPTIMIZER).toString());
    int threads = config.get(WorkerSettings.ENGINE_THREADS);
    if (threads > 0) {
      System.setProperty(THREADS, Integer.toString(threads));
    }
  }
}
