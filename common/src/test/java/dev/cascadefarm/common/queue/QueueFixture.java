package dev.cascadefarm.common.queue;

import dev.cascadefarm.common.bus.FarmBus;
import dev.cascadefarm.common.cascade.BundleId;
import dev.cascadefarm.common.cascade.StageBundle;
import dev.cascadefarm.common.job.JobPlan;
import dev.cascadefarm.common.job.JobSpec;
import dev.cascadefarm.common.job.JobState;
import dev.cascadefarm.common.job.PlannedStage;
import dev.cascadefarm.common.job.Progress;
import dev.cascadefarm.common.queue.JobQueue.Submission;
import dev.cascadefarm.common.queue.JobQueue.SubmitResult;
import dev.cascadefarm.common.queue.TaskQueue.ClaimResult;
import dev.cascadefarm.common.queue.TaskQueue.Failure;
import dev.cascadefarm.common.queue.TaskQueue.LeasedTask;
import dev.cascadefarm.common.queue.TaskQueue.Renewal;
import dev.cascadefarm.common.queue.TaskQueue.ReportResult;
import dev.cascadefarm.testing.TestRedis;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/** A queue on an empty Redis, whose every operation is followed by a check of all invariants. */
final class QueueFixture implements AutoCloseable {
  static final String TENANT = "default";
  static final BundleId TEXT = BundleId.parse("text@1");
  static final BundleId BASE = BundleId.parse("base@1");
  static final BundleId SR = BundleId.parse("sr@1");

  final Vertx vertx = Vertx.vertx();
  final FarmBus bus = new FarmBus(vertx.eventBus());
  final RawRedis raw;
  final RedisQueue queue;
  final JobQueue jobs;
  final TaskQueue tasks;
  final QueueControl control;
  final JobRetention retention;

  private QueueFixture(TestRedis redis, UnaryOperator<QueueConfig> change) {
    redis.flush();
    raw = new RawRedis(vertx, redis.url());
    QueueConfig config = change.apply(config(redis.url()));
    queue = new RedisQueue(vertx, config, bus, new ReapGuard(Duration.ZERO, System.nanoTime()));
    await(queue.start());
    jobs = queue.jobs();
    tasks = queue.tasks();
    control = queue.control();
    retention = queue.retention();
  }

  static QueueFixture on(TestRedis redis, UnaryOperator<QueueConfig> change) {
    return new QueueFixture(redis, change);
  }

  private static QueueConfig config(String url) {
    return QueueConfig.of(url).withAllowLossy(true);
  }

  /** Waits at most ten seconds. */
  static <T> T await(Future<T> future) {
    try {
      return future.await(10, TimeUnit.SECONDS);
    } catch (TimeoutException e) {
      throw new AssertionError("no answer (expected: within 10 s)", e);
    }
  }

  /** Waits for what changes the queue, and checks all invariants after it. */
  <T> T checked(Future<T> future) {
    T result = await(future);
    Invariants.check(raw);
    return result;
  }

  /** The three-stage cascade: one text task, then base and sr for each image. */
  static JobPlan plan() {
    return new JobPlan(
        List.of(
            stage("text", TEXT, StageBundle.Per.JOB),
            stage("base", BASE, StageBundle.Per.IMAGE, "text"),
            stage("sr", SR, StageBundle.Per.IMAGE, "text", "base")));
  }

  static PlannedStage stage(String name, BundleId bundle, StageBundle.Per per, String... after) {
    return new PlannedStage(name, bundle, digest(bundle), per, Map.of(), List.of(after));
  }

  static String digest(BundleId bundle) {
    return "digest-of-" + bundle;
  }

  static JobSpec spec(int n) {
    return new JobSpec("scenes@1", "a red circle", null, n, 42, Map.of());
  }

  static Submission submission(String job, int n) {
    return new Submission(TENANT, job, null, "digest-" + job, 0, spec(n), plan());
  }

  static Submission withKey(Submission of, String key, String digest) {
    return new Submission(of.tenant(), of.job(), key, digest, of.priority(), of.spec(), of.plan());
  }

  SubmitResult submit(Submission submission) {
    return checked(jobs.submit(submission));
  }

  void submit(String job, int n) {
    submit(submission(job, n));
  }

  ClaimResult claimAs(String worker, String request, BundleId bundle, int count) {
    return checked(
        tasks.claim(new TaskQueue.Claim(worker, request, bundle, digest(bundle), count)));
  }

  List<LeasedTask> claim(BundleId bundle, int count) {
    return claimAs("worker-1", UUID.randomUUID().toString(), bundle, count).tasks();
  }

  LeasedTask claimOne(BundleId bundle) {
    List<LeasedTask> claimed = claim(bundle, 1);
    if (claimed.isEmpty()) {
      throw new AssertionError("claimed nothing of " + bundle + " (expected: one task)");
    }
    return claimed.get(0);
  }

  /** Submits a job of another tenant. */
  void submitAs(String tenant, String job, int n) {
    Submission own = submission(job, n);
    submit(new Submission(tenant, job, null, own.digest(), own.priority(), own.spec(), own.plan()));
  }

  /** Claims as that worker under a fresh request id. */
  List<LeasedTask> claimAs(String worker, BundleId bundle, int count) {
    return claimAs(worker, UUID.randomUUID().toString(), bundle, count).tasks();
  }

  void heartbeat(String worker, BundleId bundle) {
    checked(tasks.heartbeat(new WorkerSnapshot(worker, bundle, "here", 1, "cpu", 1, 0, null, 0)));
  }

  ReportResult complete(LeasedTask task, String... warnings) {
    return checked(tasks.complete(completion(task, warnings)));
  }

  static TaskQueue.Completion completion(LeasedTask task, String... warnings) {
    return new TaskQueue.Completion(
        task.id(), "worker-1", task.nonce(), "manifest-of-" + task.id(), 5, List.of(warnings));
  }

  ReportResult fail(LeasedTask task, Failure.Kind kind) {
    return checked(tasks.fail(new Failure(task.id(), "worker-1", task.nonce(), kind, "a reason")));
  }

  Renewal.Answer renew(LeasedTask task, @Nullable Progress progress) {
    Renewal renewal = new Renewal(task.id(), task.nonce(), progress);
    Renewal.Answer answer = checked(tasks.renew("worker-1", List.of(renewal))).get(task.id());
    if (answer == null) {
      throw new AssertionError("no answer for " + task.id());
    }
    return answer;
  }

  JobState cancel(String job) {
    return checked(jobs.cancel(TENANT, job)).orElseThrow();
  }

  JobQueue.ReapResult reap() {
    return checked(jobs.reap());
  }

  void goodbye(String worker) {
    checked(tasks.goodbye(worker));
  }

  JobSnapshot job(String job) {
    return await(jobs.job(TENANT, job)).orElseThrow();
  }

  JobSnapshot.Task task(LeasedTask task) {
    return job(task.id().job()).tasks().stream()
        .filter(candidate -> candidate.id().equals(task.id()))
        .findFirst()
        .orElseThrow();
  }

  List<JobEvent> events(String job) {
    return await(jobs.events(TENANT, job, 0, 1000)).orElseThrow().events();
  }

  List<String> eventTypes(String job) {
    return events(job).stream().map(JobEvent::type).toList();
  }

  /** Makes a lease look as if it had ended long ago. */
  void expire(LeasedTask task, BundleId bundle) {
    raw.score("lease:" + bundle, 1, task.id().toString());
  }

  /** Makes delayed tasks due. */
  void makeDue(BundleId bundle) {
    raw.scores("dly:" + bundle).keySet().forEach(id -> raw.score("dly:" + bundle, 1, id));
  }

  /** Claims and completes until nothing of these bundles is ready. */
  List<LeasedTask> drain(BundleId... bundles) {
    List<LeasedTask> done = new ArrayList<>();
    for (BundleId bundle : bundles) {
      for (LeasedTask task : claim(bundle, 64)) {
        complete(task);
        done.add(task);
      }
    }
    return done;
  }

  @Override
  public void close() {
    raw.close();
    await(queue.close());
    await(vertx.close());
  }
}
