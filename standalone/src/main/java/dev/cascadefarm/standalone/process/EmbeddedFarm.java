package dev.cascadefarm.standalone.process;

import dev.cascadefarm.common.cascade.Cascade;
import dev.cascadefarm.common.cascade.CascadeStage;
import dev.cascadefarm.common.cascade.Catalogue;
import dev.cascadefarm.common.cascade.InstalledBundle;
import dev.cascadefarm.diffusion.scratch.ScratchFolder;
import dev.cascadefarm.standalone.config.ApiSettings;
import dev.cascadefarm.standalone.config.FarmConfig;
import dev.cascadefarm.standalone.config.FarmSettings;
import dev.cascadefarm.standalone.config.ModuleConfigs;
import dev.cascadefarm.standalone.config.QueueSettings;
import dev.cascadefarm.standalone.config.Setting;
import dev.cascadefarm.standalone.config.StoreSettings;
import dev.cascadefarm.standalone.config.WorkerSettings;
import dev.cascadefarm.worker.metrics.TaskTrace;
import java.io.IOException;
import java.net.URI;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.function.Consumer;

/**
 * The whole farm in one process: services, coordinator, and a worker for each bundle. Durable in
 * its data directory: jobs that were not finished go on at the next start.
 */
public final class EmbeddedFarm implements AutoCloseable {
  private final URI address;
  private final FarmConfig config;
  private final Teardown teardown;

  private EmbeddedFarm(URI address, FarmConfig config, Teardown teardown) {
    this.address = address;
    this.config = config;
    this.teardown = teardown;
  }

  /** Starts the farm that {@code config} describes, with every cascade of its catalogue. */
  public static EmbeddedFarm start(FarmConfig config) {
    Catalogue catalogue = Catalogue.read(config.catalogue());
    return start(new Plan(config, catalogue, catalogue.cascades(), trace -> {}), new Teardown());
  }

  /**
   * Starts a farm for jobs of one cascade, on a folder that goes with it, at a free port of the
   * loopback interface, with a random token.
   *
   * @param cascade a farm without workers if there is none of that name
   */
  public static EmbeddedFarm temporary(FarmConfig config, String cascade) {
    return temporary(config, cascade, trace -> {});
  }

  /**
   * The same, telling of its tasks.
   *
   * @param traces hears of every completed task; must return at once
   */
  public static EmbeddedFarm temporary(
      FarmConfig config, String cascade, Consumer<TaskTrace> traces) {
    Catalogue catalogue = Catalogue.read(config.catalogue());
    Teardown teardown = new Teardown();
    teardown.closeAtExit();
    ScratchFolder folder = temporaryFolder();
    teardown.push("temporary folder", folder::close);
    FarmConfig own =
        config.with(
            Map.of(
                FarmSettings.DATA,
                folder.path().toString(),
                ApiSettings.HOST,
                "127.0.0.1",
                ApiSettings.PORT,
                "0",
                ApiSettings.TOKEN,
                UUID.randomUUID().toString()));
    List<Cascade> served = catalogue.cascade(cascade).stream().toList();
    return start(new Plan(own, catalogue, served, traces), teardown);
  }

  private static ScratchFolder temporaryFolder() {
    try {
      return ScratchFolder.create();
    } catch (IOException e) {
      throw new ProcessException("temporary folder: cannot be made: " + e.getMessage(), e);
    }
  }

  /** Where the API listens. */
  public URI address() {
    return address;
  }

  /** What the farm runs by, addresses and credentials of its services included. */
  public FarmConfig config() {
    return config;
  }

  /** Stops everything, the last part first. Idempotent. */
  @Override
  public void close() {
    teardown.close();
  }

  private record Plan(
      FarmConfig config, Catalogue catalogue, List<Cascade> served, Consumer<TaskTrace> traces) {}

  private static EmbeddedFarm start(Plan plan, Teardown teardown) {
    FarmConfig config = plan.config();
    EngineProperties.apply(config);
    boolean started = false;
    try {
      CompletableFuture<LocalServices> services =
          CompletableFuture.supplyAsync(() -> services(config));
      teardown.push("services", () -> services.thenAccept(LocalServices::close).join());
      Backbone backbone =
          Backbone.connect(
              ClusterConfig.alone(), () -> addresses(config.with(known(services))), teardown);
      FarmConfig complete = config.with(known(services));
      FarmNode node = new FarmNode(backbone, teardown, plan.traces());
      URI address = node.startCoordinator(ModuleConfigs.coordinator(complete), plan.catalogue());
      node.startWorkers(
          bundles(plan.catalogue(), plan.served()),
          ModuleConfigs.worker(complete),
          complete.get(WorkerSettings.CACHE_BYTES));
      started = true;
      return new EmbeddedFarm(address, complete, teardown);
    } finally {
      if (!started) {
        teardown.close();
      }
    }
  }

  private static LocalServices services(FarmConfig config) {
    return LocalServices.start(
        config.get(FarmSettings.DATA),
        config.get(QueueSettings.REDIS_PORT),
        config.get(StoreSettings.PORT));
  }

  private static Map<Setting<?>, String> known(CompletableFuture<LocalServices> services) {
    try {
      return services.join().addresses();
    } catch (CompletionException e) {
      throw e.getCause() instanceof RuntimeException cause ? cause : e;
    }
  }

  static Backbone.Addresses addresses(FarmConfig config) {
    return new Backbone.Addresses(ModuleConfigs.queue(config), ModuleConfigs.store(config));
  }

  private static Collection<InstalledBundle> bundles(Catalogue catalogue, List<Cascade> cascades) {
    return cascades.stream()
        .flatMap(cascade -> cascade.stages().stream())
        .map(CascadeStage::bundle)
        .distinct()
        .map(catalogue::bundle)
        .toList();
  }
}
