package dev.cascadefarm.worker;

import dev.cascadefarm.common.cascade.InstalledBundle;
import dev.cascadefarm.common.cascade.StageBundle;
import dev.cascadefarm.diffusion.stage.StageDefinition;
import dev.cascadefarm.diffusion.stage.StageRunner;
import dev.cascadefarm.worker.task.StageHost;
import dev.cascadefarm.worker.task.WorkerIdentity;
import io.vertx.core.Future;
import io.vertx.core.VerticleBase;
import io.vertx.core.WorkerExecutor;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentHashMap;
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
  private final Map<VerticleBase, String> deployed = new ConcurrentHashMap<>();
  private volatile @Nullable Serving serving;
  private volatile boolean closed;

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
    return present == null ? 0 : present.host().busy();
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
    closed = true;
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
    Serving made = parts.serving(runner);
    serving = made;
    return deploy(made.keeper())
        .compose(v -> deploy(made.heartbeat()))
        .compose(v -> deploy(made.host()))
        .compose(v -> stillWanted())
        .recover(error -> close().compose(v -> Future.failedFuture(error)));
  }

  private Future<Void> stillWanted() {
    return closed
        ? Future.failedFuture(new IllegalStateException("worker: closed while it started"))
        : Future.succeededFuture();
  }

  private Future<Void> leave(Serving present) {
    long start = System.nanoTime();
    Duration drain = config.limits().drain();
    return drain(present.host(), drain)
        .eventually(() -> undeploy(present.host()))
        .eventually(() -> undeploy(present.heartbeat()))
        .eventually(() -> within(PARTING, services.queue().goodbye(self.id())))
        .eventually(() -> undeploy(present.keeper()))
        .eventually(() -> within(left(drain.minus(PARTING), start), free(present.runner())))
        .eventually(() -> present.codec().close())
        .otherwiseEmpty()
        .onSuccess(v -> log.info("worker left: worker={} bundle={}", self.id(), self.bundle()));
  }

  private Future<Void> drain(StageHost host, Duration limit) {
    Duration parting = PARTING.multipliedBy(2);
    return deployed.containsKey(host)
        ? host.drain(limit.compareTo(parting) > 0 ? limit.minus(parting) : limit)
        : Future.succeededFuture();
  }

  private static Duration left(Duration total, long startNanos) {
    Duration left = total.minusNanos(System.nanoTime() - startNanos);
    return left.toMillis() < 100 ? Duration.ofMillis(100) : left;
  }

  private Future<Void> deploy(VerticleBase verticle) {
    return services
        .vertx()
        .deployVerticle(verticle)
        .onSuccess(id -> deployed.put(verticle, id))
        .mapEmpty();
  }

  private Future<Void> undeploy(VerticleBase verticle) {
    String id = deployed.remove(verticle);
    return id == null ? Future.succeededFuture() : services.vertx().undeploy(id);
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
    WorkerExecutor codec = parts.codec();
    return codec.executeBlocking(body, false).eventually(codec::close);
  }
}
