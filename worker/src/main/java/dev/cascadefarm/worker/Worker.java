package dev.cascadefarm.worker;

import dev.cascadefarm.common.cascade.InstalledBundle;
import dev.cascadefarm.common.cascade.StageBundle;
import dev.cascadefarm.diffusion.stage.StageDefinition;
import dev.cascadefarm.diffusion.stage.StageRunner;
import dev.cascadefarm.worker.batch.Batch;
import dev.cascadefarm.worker.lease.Heartbeat;
import dev.cascadefarm.worker.lease.LeaseKeeper;
import dev.cascadefarm.worker.task.StageHost;
import dev.cascadefarm.worker.task.WorkerIdentity;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.WorkerExecutor;
import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A worker: serves one bundle on one device until it is closed. {@link #start} checks the files
 * against their hashes and against what the farm has registered, loads the model, and only then
 * takes work; {@link #close} gives back what runs and leaves. Thread-safe.
 */
public final class Worker {
  private static final Logger log = LoggerFactory.getLogger(Worker.class);
  private static final Duration PARTING = Duration.ofMillis(500);

  private final InstalledBundle bundle;
  private final WorkerConfig config;
  private final WorkerServices services;
  private final WorkerIdentity self;
  private final WorkerParts parts;
  private volatile @Nullable Serving serving;

  /** A worker with a fresh id that has not started. */
  public Worker(InstalledBundle bundle, WorkerConfig config, WorkerServices services) {
    this.bundle = bundle;
    this.config = config;
    this.services = services;
    this.self = WorkerParts.identity(bundle, config);
    this.parts = new WorkerParts(self, bundle, config, services);
  }

  /** The worker's id, a fresh UUID. */
  public String id() {
    return self.id();
  }

  /** Slots taken now. */
  public int busy() {
    Serving present = serving;
    return present == null ? 0 : present.host.busy();
  }

  /**
   * Checks, loads, and takes work.
   *
   * @return fails, with nothing left running, if files or digests differ or the model does not load
   */
  public Future<Void> start() {
    return onCodec(this::verifyFiles)
        .compose(v -> parts.bundleCheck().registered(bundle))
        .compose(v -> load())
        .compose(this::serve)
        .onSuccess(v -> log.info("worker serves: worker={} bundle={}", self.id(), self.bundle()));
  }

  /**
   * Stops claiming, gives back what runs, says goodbye and frees the model, within the configured
   * drain time. Idempotent; never fails.
   */
  public Future<Void> close() {
    Serving present = serving;
    serving = null;
    return present == null ? Future.succeededFuture() : leave(present);
  }

  private Void verifyFiles() {
    bundle.verifyFiles();
    return null;
  }

  private Future<StageRunner> load() {
    StageBundle stage = bundle.bundle();
    StageDefinition definition =
        new StageDefinition(
            stage.kind(),
            stage.model(),
            stage.diffusion(),
            stage.imageSize(),
            stage.samplesPerCall(),
            bundle.folder());
    return onEngine(
        "load of " + bundle.id(),
        config.limits().load(),
        () -> services.loader().load(definition, config.device()));
  }

  private Future<Void> serve(StageRunner runner) {
    LeaseKeeper keeper = parts.keeper();
    Batch.Limits limits = new Batch.Limits(config.limits().row(), config.previewInterval());
    WorkerExecutor codec = codec();
    StageHost host = new StageHost(self, parts.hostServices(keeper, codec), runner, limits);
    Heartbeat heartbeat = new Heartbeat(services.queue(), () -> self.snapshot(host.busy()));
    Vertx vertx = services.vertx();
    return vertx
        .deployVerticle(keeper)
        .compose(
            keeperId ->
                vertx
                    .deployVerticle(heartbeat)
                    .compose(
                        heartbeatId ->
                            vertx
                                .deployVerticle(host)
                                .onSuccess(
                                    hostId ->
                                        serving =
                                            new Serving(
                                                runner,
                                                host,
                                                codec,
                                                keeperId,
                                                heartbeatId,
                                                hostId))))
        .mapEmpty();
  }

  private Future<Void> leave(Serving present) {
    long start = System.nanoTime();
    Duration drain = config.limits().drain();
    return present
        .host
        .drain(drain.minus(PARTING.multipliedBy(2)))
        .eventually(() -> undeploy(present.hostId))
        .eventually(() -> undeploy(present.heartbeatId))
        .eventually(() -> within(PARTING, services.queue().goodbye(self.id())))
        .eventually(() -> undeploy(present.keeperId))
        .eventually(() -> within(left(drain, start), free(present.runner)))
        .eventually(() -> present.codec.close())
        .otherwiseEmpty()
        .onSuccess(v -> log.info("worker left: worker={} bundle={}", self.id(), self.bundle()));
  }

  private static Duration left(Duration total, long startNanos) {
    Duration left = total.minusNanos(System.nanoTime() - startNanos);
    return left.toMillis() < 100 ? Duration.ofMillis(100) : left;
  }

  private Future<Void> undeploy(String id) {
    return services.vertx().undeploy(id);
  }

  private Future<Void> free(StageRunner runner) {
    return onEngine(
        "close of " + bundle.id(),
        config.limits().row(),
        () -> {
          runner.close();
          return null;
        });
  }

  private static Future<Void> within(Duration limit, Future<Void> work) {
    return work.timeout(limit.toMillis(), TimeUnit.MILLISECONDS)
        .onFailure(error -> log.warn("while leaving: {}", error.toString()));
  }

  private <T> Future<T> onEngine(String what, Duration limit, Callable<T> body) {
    return Future.fromCompletionStage(
        services.engine().call(what, limit, body), services.vertx().getOrCreateContext());
  }

  private <T> Future<T> onCodec(Callable<T> body) {
    WorkerExecutor codec = codec();
    return codec.executeBlocking(body, false).eventually(codec::close);
  }

  private WorkerExecutor codec() {
    return services.vertx().createSharedWorkerExecutor("farm-codec", 2);
  }

  /** What is running between start and close. */
  private record Serving(
      StageRunner runner,
      StageHost host,
      WorkerExecutor codec,
      String keeperId,
      String heartbeatId,
      String hostId) {}
}
