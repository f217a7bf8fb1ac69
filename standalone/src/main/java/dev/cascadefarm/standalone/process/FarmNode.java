package dev.cascadefarm.standalone.process;

import dev.cascadefarm.common.cascade.Catalogue;
import dev.cascadefarm.common.cascade.InstalledBundle;
import dev.cascadefarm.coordinator.Coordinator;
import dev.cascadefarm.coordinator.CoordinatorConfig;
import dev.cascadefarm.coordinator.CoordinatorParts;
import dev.cascadefarm.diffusion.runner.TorchStageLoader;
import dev.cascadefarm.worker.Worker;
import dev.cascadefarm.worker.WorkerConfig;
import dev.cascadefarm.worker.WorkerServices;
import dev.cascadefarm.worker.engine.EngineThread;
import dev.cascadefarm.worker.engine.ExitHook;
import dev.cascadefarm.worker.metrics.TaskTrace;
import dev.cascadefarm.worker.transfer.ArtifactCache;
import java.net.URI;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.function.Consumer;

/**
 * The coordinators and workers of one process, on one backbone. What it starts it leaves to the
 * teardown. Used by the main thread only.
 */
final class FarmNode {
  private static final Duration COORDINATOR_START = Duration.ofMinutes(1);
  private static final Duration COORDINATOR_STOP = Duration.ofSeconds(5);
  private static final Duration DRAIN_MARGIN = Duration.ofSeconds(2);

  private final Backbone backbone;
  private final Teardown teardown;
  private final Consumer<TaskTrace> traces;

  FarmNode(Backbone backbone, Teardown teardown) {
    this(backbone, teardown, trace -> {});
  }

  /**
   * A node that tells of its tasks.
   *
   * @param traces hears of every completed task; must return at once
   */
  FarmNode(Backbone backbone, Teardown teardown, Consumer<TaskTrace> traces) {
    this.backbone = backbone;
    this.teardown = teardown;
    this.traces = traces;
  }

  /** Starts a coordinator; answers where it listens. */
  URI startCoordinator(CoordinatorConfig config, Catalogue catalogue) {
    CoordinatorParts parts =
        CoordinatorParts.of(
            backbone.queue(),
            backbone.store(),
            backbone.bus(),
            backbone.losses(),
            catalogue,
            backbone.metrics());
    Coordinator coordinator = Coordinator.create(backbone.vertx(), config, parts);
    teardown.push(
        "coordinator", () -> Wait.atMost(COORDINATOR_STOP, "coordinator", coordinator.close()));
    Wait.atMost(COORDINATOR_START, "coordinator", coordinator.start());
    return URI.create("http://" + reachable(config.host()) + ":" + coordinator.actualPort());
  }

  /** Starts a worker for each bundle, all on one engine thread. */
  void startWorkers(Collection<InstalledBundle> bundles, WorkerConfig config, long cacheBytes) {
    EngineThread engine = new EngineThread(config.device(), ExitHook.halt());
    teardown.push("engine", engine::close);
    engine.start();
    ArtifactCache cache = new ArtifactCache(cacheBytes);
    List<Worker> workers =
        bundles.stream()
            .map(bundle -> new Worker(bundle, config, services(engine, cache)))
            .toList();
    for (Worker worker : workers) {
      teardown.push("worker", () -> stop(worker, config));
      Wait.atMost(startLimit(config), "worker " + worker.id(), worker.start());
    }
  }

  private WorkerServices services(EngineThread engine, ArtifactCache cache) {
    return new WorkerServices(
        backbone.vertx(),
        backbone.queue().tasks(),
        backbone.store(),
        backbone.bus(),
        engine,
        new TorchStageLoader(),
        cache,
        backbone.metrics(),
        traces);
  }

  private static void stop(Worker worker, WorkerConfig config) {
    Duration limit = config.limits().drain().plus(DRAIN_MARGIN);
    Wait.atMost(limit, "worker " + worker.id(), worker.close());
  }

  private static Duration startLimit(WorkerConfig config) {
    return config.limits().load().plus(config.limits().registration()).plus(DRAIN_MARGIN);
  }

  /** An address to connect to, where "any interface" is none. */
  private static String reachable(String host) {
    return switch (host) {
      case "0.0.0.0" -> "127.0.0.1";
      case "::", "[::]" -> "[::1]";
      default -> host.contains(":") && !host.startsWith("[") ? "[" + host + "]" : host;
    };
  }
}
