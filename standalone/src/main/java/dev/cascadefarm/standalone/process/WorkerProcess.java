package dev.cascadefarm.standalone.process;

import dev.cascadefarm.common.cascade.Cascade;
import dev.cascadefarm.common.cascade.CascadeStage;
import dev.cascadefarm.common.cascade.Catalogue;
import dev.cascadefarm.common.cascade.InstalledBundle;
import dev.cascadefarm.standalone.config.FarmConfig;
import dev.cascadefarm.standalone.config.InvalidConfigException;
import dev.cascadefarm.standalone.config.ModuleConfigs;
import dev.cascadefarm.standalone.config.WorkerSettings;
import dev.cascadefarm.worker.WorkerConfig;
import java.util.List;

/** One worker of a farm whose services run elsewhere. */
public final class WorkerProcess implements AutoCloseable {
  private final Teardown teardown;

  private WorkerProcess(Teardown teardown) {
    this.teardown = teardown;
  }

  /** Starts it; waits a while for Redis, the store, and a coordinator that knows its bundle. */
  public static WorkerProcess start(FarmConfig config) {
    WorkerConfig worker = ModuleConfigs.worker(config);
    Backbone.Addresses addresses = EmbeddedFarm.addresses(config);
    InstalledBundle bundle = bundle(config);
    EngineProperties.apply(config);
    Teardown teardown = new Teardown();
    boolean started = false;
    try {
      Backbone backbone = Backbone.connect(ClusterConfig.of(config), () -> addresses, teardown);
      new FarmNode(backbone, teardown)
          .startWorkers(List.of(bundle), worker, config.get(WorkerSettings.CACHE_BYTES));
      started = true;
      return new WorkerProcess(teardown);
    } finally {
      if (!started) {
        teardown.close();
      }
    }
  }

  /** Gives back what runs, says goodbye and leaves the cluster. Idempotent. */
  @Override
  public void close() {
    teardown.close();
  }

  private static InstalledBundle bundle(FarmConfig config) {
    String[] names = config.get(WorkerSettings.STAGE).split("/", 2);
    Catalogue catalogue = Catalogue.read(config.catalogue());
    Cascade cascade =
        catalogue
            .cascade(names[0])
            .orElseThrow(
                () -> unknown(names[0], catalogue.cascades().stream().map(Cascade::name).toList()));
    CascadeStage stage =
        cascade
            .stage(names[1])
            .orElseThrow(
                () ->
                    unknown(names[1], cascade.stages().stream().map(CascadeStage::name).toList()));
    return catalogue.bundle(stage.bundle());
  }

  private static InvalidConfigException unknown(String name, List<String> known) {
    return new InvalidConfigException(
        "worker.stage: " + name + " (expected: one of " + known + ")");
  }
}
