package dev.cascadefarm.worker;

import dev.cascadefarm.common.cascade.InstalledBundle;
import dev.cascadefarm.common.queue.ProcessName;
import dev.cascadefarm.diffusion.stage.StageRunner;
import dev.cascadefarm.worker.batch.Batch;
import dev.cascadefarm.worker.checkpoint.CheckpointPace;
import dev.cascadefarm.worker.lease.Heartbeat;
import dev.cascadefarm.worker.lease.LeaseKeeper;
import dev.cascadefarm.worker.live.LiveFeed;
import dev.cascadefarm.worker.metrics.WorkerMetrics;
import dev.cascadefarm.worker.retry.Patience;
import dev.cascadefarm.worker.retry.Retry;
import dev.cascadefarm.worker.task.HostServices;
import dev.cascadefarm.worker.task.StageHost;
import dev.cascadefarm.worker.task.WorkerIdentity;
import dev.cascadefarm.worker.transfer.Artifacts;
import dev.cascadefarm.worker.transfer.TaskCheckpoints;
import dev.cascadefarm.worker.transfer.TaskInputs;
import dev.cascadefarm.worker.transfer.TaskOutputs;
import io.vertx.core.WorkerExecutor;
import java.time.Clock;
import java.time.Duration;
import java.util.Random;
import java.util.UUID;
import java.util.random.RandomGenerator;

/** Puts a worker together from its settings and services. */
final class WorkerParts {
  private static final int CODEC_THREADS = 2;
  private static final Duration FIRST_DELAY = Duration.ofMillis(100);
  private static final Duration LONGEST_DELAY = Duration.ofSeconds(5);
  private static final Duration CLAIM_PATIENCE = Duration.ofHours(1);

  private final WorkerIdentity self;
  private final InstalledBundle bundle;
  private final WorkerConfig config;
  private final WorkerServices services;
  private final WorkerMetrics metrics;
  private final RandomGenerator random = new Random();

  WorkerParts(
      WorkerIdentity self, InstalledBundle bundle, WorkerConfig config, WorkerServices services) {
    this.self = self;
    this.bundle = bundle;
    this.config = config;
    this.services = services;
    this.metrics = new WorkerMetrics(services.meters(), bundle.id(), services.traces());
  }

  static WorkerIdentity identity(InstalledBundle bundle, WorkerConfig config) {
    ProcessName process = ProcessName.current();
    return new WorkerIdentity(
        UUID.randomUUID().toString(),
        bundle.id(),
        bundle.digest(),
        process.host(),
        process.pid(),
        config.device(),
        config.slots());
  }

  BundleCheck bundleCheck() {
    return new BundleCheck(services.vertx(), services.queue(), random, config.limits());
  }

  /** Threads that encode, decode and hash; the workers of a process share them. */
  WorkerExecutor codec() {
    return services.vertx().createSharedWorkerExecutor("farm-codec", CODEC_THREADS);
  }

  Serving serving(StageRunner runner) {
    WorkerExecutor codec = codec();
    LeaseKeeper keeper =
        new LeaseKeeper(
            self.id(),
            services.queue(),
            config.limits().outageAllowance(),
            System::nanoTime,
            metrics);
    Batch.Limits limits = new Batch.Limits(config.limits().row(), config.previewInterval());
    StageHost host = new StageHost(self, hostServices(keeper, codec), runner, limits);
    Heartbeat heartbeat =
        new Heartbeat(services.queue(), () -> self.snapshot(host.busy(), metrics.secondsPerTask()));
    return new Serving(runner, keeper, heartbeat, host, codec);
  }

  private HostServices hostServices(LeaseKeeper keeper, WorkerExecutor codec) {
    WorkerConfig.Limits limits = config.limits();
    Artifacts artifacts =
        new Artifacts(
            services.store(),
            services.cache(),
            retry(limits.storePatience(), limits.store()),
            metrics);
    return new HostServices(
        services.queue(),
        services.bus(),
        services.engine(),
        keeper,
        new TaskInputs(bundle.bundle(), artifacts, codec),
        new TaskOutputs(artifacts, codec),
        new TaskCheckpoints(bundle.digest(), artifacts, codec),
        new CheckpointPace(config.checkpoints()),
        new LiveFeed(
            services.vertx(), services.bus(), codec, Clock.systemUTC(), config.previewSide()),
        retry(CLAIM_PATIENCE, limits.queue()),
        retry(limits.outageAllowance().plus(limits.queue()), limits.queue()),
        random,
        metrics);
  }

  private Retry retry(Duration total, Duration attempt) {
    return new Retry(
        services.vertx(), random, new Patience(FIRST_DELAY, LONGEST_DELAY, total), attempt);
  }
}
