package dev.cascadefarm.worker;

import static java.util.concurrent.TimeUnit.MILLISECONDS;
import static java.util.concurrent.TimeUnit.SECONDS;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.cascadefarm.common.bus.FarmBus;
import dev.cascadefarm.common.cascade.BundleId;
import dev.cascadefarm.common.cascade.InstalledBundle;
import dev.cascadefarm.common.cascade.StageBundle.Per;
import dev.cascadefarm.common.job.JobPlan;
import dev.cascadefarm.common.job.JobSpec;
import dev.cascadefarm.common.job.JobState;
import dev.cascadefarm.common.job.PlannedStage;
import dev.cascadefarm.common.json.WireJson;
import dev.cascadefarm.common.queue.JobEvent;
import dev.cascadefarm.common.queue.JobQueue;
import dev.cascadefarm.common.queue.JobQueue.Submission;
import dev.cascadefarm.common.queue.JobSnapshot;
import dev.cascadefarm.common.queue.QueueConfig;
import dev.cascadefarm.common.queue.RedisQueue;
import dev.cascadefarm.common.queue.TaskQueue;
import dev.cascadefarm.common.store.ArtifactStore;
import dev.cascadefarm.common.store.Manifest;
import dev.cascadefarm.common.store.StoreConfig;
import dev.cascadefarm.testing.TestRedis;
import dev.cascadefarm.testing.TestStore;
import dev.cascadefarm.worker.engine.EngineThread;
import dev.cascadefarm.worker.metrics.TaskTrace;
import dev.cascadefarm.worker.transfer.ArtifactCache;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.UUID;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeoutException;
import java.util.function.Predicate;
import java.util.function.Supplier;

/**
 * A farm of fake stages around a real queue and a real store: {@code text} (one task for the job),
 * {@code base} and {@code sr}. Closes what it started.
 */
final class FarmFixture implements AutoCloseable {
  static final String TENANT = "default";
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  final Vertx vertx = Vertx.vertx();
  final FarmBus bus = new FarmBus(vertx.eventBus());
  final Queue<String> exits = new ConcurrentLinkedQueue<>();
  final Queue<TaskTrace> traces = new ConcurrentLinkedQueue<>();
  final Queue<JobEvent> live = new ConcurrentLinkedQueue<>();
  final SimpleMeterRegistry meters = new SimpleMeterRegistry();

  /** Shared by {@code text} and {@code sr}; {@code base} has its own, so that it can be held. */
  private final EngineThread engine = new EngineThread("shared", exits::add);

  private final EngineThread baseEngine = new EngineThread("base", exits::add);
  final FakeRunner textRunner = new FakeRunner(FakeRunner.Kind.TENSORS);
  final FakeRunner baseRunner = new FakeRunner(FakeRunner.Kind.IMAGE);
  final FakeRunner srRunner = new FakeRunner(FakeRunner.Kind.IMAGE);
  final RedisQueue redisQueue;
  final ArtifactStore store;
  final InstalledBundle text;
  final InstalledBundle base;
  final InstalledBundle sr;
  private final List<Worker> workers = new ArrayList<>();
  private final List<FleetingWorker> fleeting = new ArrayList<>();
  private ArtifactCache cache = new ArtifactCache(0);

  /** On the shared services, with a bucket of its own. */
  static FarmFixture on(TestRedis redis, TestStore store, String bucket, Path folder)
      throws Exception {
    return new FarmFixture(
        redis,
        // A busy machine must not look like a dead store.
        StoreConfig.of(store.endpoint(), store.accessKey(), store.secretKey(), bucket)
            .withDeadline(PATIENCE),
        folder);
  }

  FarmFixture(TestRedis redis, StoreConfig storeConfig, Path folder) throws Exception {
    this(redis, queueConfig(redis), storeConfig, folder);
  }

  FarmFixture(TestRedis redis, QueueConfig queueConfig, StoreConfig storeConfig, Path folder)
      throws Exception {
    redis.flush();
    redisQueue = new RedisQueue(vertx, queueConfig, bus);
    store = ArtifactStore.create(vertx, storeConfig);
    text = TinyBundles.text(folder);
    base = TinyBundles.base(folder);
    sr = TinyBundles.superResolution(folder);
    insist("Redis", redisQueue::start);
    insist("the store", store::start);
    for (InstalledBundle each : List.of(text, base, sr)) {
      jobs().register(each.id(), each.digest()).await(30, SECONDS);
    }
    bus.onLive(live::add);
    engine.start();
    baseEngine.start();
  }

  // A busy machine must not look like a dead Redis.
  private static QueueConfig queueConfig(TestRedis redis) {
    return QueueConfig.of(redis.url())
        .withAllowLossy(true)
        .withCommandDeadline(Duration.ofSeconds(20));
  }

  private void insist(String what, Supplier<Future<Void>> start) throws Exception {
    await(what, () -> succeeds(start.get()));
  }

  private static boolean succeeds(Future<Void> started) throws TimeoutException {
    Future<Boolean> success = started.map(true);
    return success.otherwise(false).await(30, SECONDS);
  }

  JobQueue jobs() {
    return redisQueue.jobs();
  }

  /** From now on workers of this fixture share a cache, as in one process. */
  void shareCache() {
    cache = new ArtifactCache(16 << 20);
  }

  static WorkerConfig config() {
    return WorkerConfig.defaults().withPreviewInterval(Duration.ZERO);
  }

  Worker worker(InstalledBundle bundle, WorkerConfig config) {
    return worker(bundle, config, redisQueue.tasks(), runner(bundle.id()));
  }

  Worker worker(InstalledBundle bundle, WorkerConfig config, TaskQueue queue, FakeRunner runner) {
    return worker(
        bundle, config, queue, runner, bundle.id().equals(base.id()) ? baseEngine : engine);
  }

  /** A started worker of base that can be held, and lost. */
  FleetingWorker fleeting(WorkerConfig config) throws Exception {
    FakeRunner runner = new FakeRunner(FakeRunner.Kind.IMAGE);
    LossyQueue line = new LossyQueue(redisQueue.tasks());
    EngineThread own = new EngineThread("fleeting", exits::add);
    own.start();
    Worker worker = worker(base, config, line, runner, own);
    FleetingWorker made = new FleetingWorker(this, worker, runner, line, own);
    fleeting.add(made);
    runner.gate();
    worker.start().await(30, SECONDS);
    return made;
  }

  private Worker worker(
      InstalledBundle bundle,
      WorkerConfig config,
      TaskQueue queue,
      FakeRunner runner,
      EngineThread thread) {
    Worker worker =
        new Worker(
            bundle,
            config,
            new WorkerServices(
                vertx,
                queue,
                store,
                bus,
                thread,
                (definition, device) -> runner,
                cache,
                meters,
                traces::add));
    workers.add(worker);
    return worker;
  }

  /** One started worker for each stage. */
  void startAll() throws Exception {
    for (InstalledBundle each : List.of(text, base, sr)) {
      worker(each, config()).start().await(30, SECONDS);
    }
  }

  private FakeRunner runner(BundleId id) {
    return id.equals(text.id()) ? textRunner : id.equals(base.id()) ? baseRunner : srRunner;
  }

  JobPlan plan() {
    return new JobPlan(
        List.of(
            new PlannedStage(
                "text",
                text.id(),
                text.digest(),
                Per.JOB,
                Map.of("prompt", "request.prompt", "negative", "request.negative_prompt"),
                List.of()),
            new PlannedStage(
                "base",
                base.id(),
                base.digest(),
                Per.IMAGE,
                Map.of("embedding", "text.embedding"),
                List.of("text")),
            new PlannedStage(
                "sr",
                sr.id(),
                sr.digest(),
                Per.IMAGE,
                Map.of("embedding", "text.embedding", "image", "base.image"),
                List.of("base", "text"))));
  }

  static JobSpec spec(String prompt, int n, long seed, String baseSettings) {
    return new JobSpec(
        "tiny@1",
        prompt,
        null,
        n,
        seed,
        Map.of(
            "text", object("{}"),
            "base", object(baseSettings),
            "sr", object("{\"rows\":3}")));
  }

  static ObjectNode object(String json) {
    return WireJson.read(json, ObjectNode.class);
  }

  String submit(JobSpec spec) throws Exception {
    return submit(UUID.randomUUID().toString(), spec, plan());
  }

  String submit(String job, JobSpec spec, JobPlan plan) throws Exception {
    jobs()
        .submit(new Submission(TENANT, job, null, "0".repeat(64), 0, spec, plan))
        .await(30, SECONDS);
    return job;
  }

  JobSnapshot job(String job) throws Exception {
    return jobs().job(TENANT, job).await(30, SECONDS).orElseThrow();
  }

  JobSnapshot awaitState(String job, JobState state) throws Exception {
    awaitJob(job, snapshot -> snapshot.state().terminal() || snapshot.state() == state);
    return job(job);
  }

  void awaitJob(String job, Predicate<JobSnapshot> condition) throws Exception {
    await("job " + job, () -> condition.test(job(job)));
  }

  void await(String what, Condition condition) throws Exception {
    long end = System.nanoTime() + PATIENCE.toNanos();
    while (!condition.holds()) {
      if (System.nanoTime() > end) {
        throw new AssertionError(what + ": not within " + PATIENCE);
      }
      vertx.timer(5, MILLISECONDS).await(30, SECONDS);
    }
  }

  /** Something that becomes true. */
  interface Condition {
    boolean holds() throws Exception;
  }

  /** What the workers counted so far. */
  double counted(String event) {
    return meters.find("farm.worker." + event).counters().stream()
        .mapToDouble(each -> each.count())
        .sum();
  }

  /** The committed bytes of a finished image. */
  byte[] image(JobSnapshot job, String stage, int image) throws Exception {
    String manifest =
        job.tasks().stream()
            .filter(task -> task.id().stage().equals(stage) && task.id().image() == image)
            .findFirst()
            .orElseThrow()
            .manifest();
    Manifest read = Manifest.parse(store.get(manifest).await(30, SECONDS));
    return store.getVerified(read.output("image").artifact()).await(30, SECONDS);
  }

  @Override
  public void close() throws TimeoutException {
    for (FakeRunner each : List.of(textRunner, baseRunner, srRunner)) {
      each.open();
    }
    fleeting.forEach(FleetingWorker::letGo);
    for (Worker worker : workers) {
      worker.close().await(30, SECONDS);
    }
    fleeting.forEach(each -> each.engine().close());
    engine.close();
    baseEngine.close();
    store.close().await(30, SECONDS);
    redisQueue.close().await(30, SECONDS);
    vertx.close().await(30, SECONDS);
  }
}
