package dev.cascadefarm.benchmark;

import dev.cascadefarm.common.bus.FarmBus;
import dev.cascadefarm.common.job.JobPlan;
import dev.cascadefarm.common.queue.JobQueue.SubmitResult;
import dev.cascadefarm.common.queue.QueueConfig;
import dev.cascadefarm.common.queue.RedisQueue;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;

/**
 * Whole lives of jobs on our queue: clients that submit them, and one worker for each stage. Used
 * by one thread.
 */
final class QueueCycles implements AutoCloseable {
  private static final int CLIENTS = 64;
  private static final int FILLED_AT_ONCE = 5_000;
  private static final int BACKLOG = 10_000_000;
  private static final long PATIENCE_MINUTES = 10;

  /** Whose the jobs are. */
  static final String TENANT = "default";

  private final RedisQueue queue;
  private final Workload workload;
  private final JobPlan plan;
  private final Context context;
  private final List<CycleWorker> workers;

  /* All below belongs to the context, as the workers do. */
  private int submitted;
  private int wanted;

  private QueueCycles(RedisQueue queue, Workload workload, Context context) {
    this.queue = queue;
    this.workload = workload;
    this.plan = workload.plan();
    this.context = context;
    this.workers =
        workload
            .stageNumbers()
            .mapToObj(stage -> new CycleWorker(queue.tasks(), workload, stage))
            .toList();
  }

  static QueueCycles start(Vertx vertx, String url, Workload workload) {
    FarmBus bus = new FarmBus(vertx.eventBus());
    RedisQueue queue = new RedisQueue(vertx, config(url), bus);
    QueueCycles cycles = new QueueCycles(queue, workload, vertx.getOrCreateContext());
    cycles.await(queue::start);
    cycles.await(() -> cycles.listen(bus));
    return cycles;
  }

  /** Patient, and with room for a large backlog. */
  private static QueueConfig config(String url) {
    QueueConfig.Limits usual = QueueConfig.Limits.defaults();
    return QueueConfig.of(url)
        .withCommandDeadline(Duration.ofMinutes(1))
        .withLimits(
            new QueueConfig.Limits(
                BACKLOG, usual.ageing(), usual.idempotencyTail(), usual.workerSilence()));
  }

  private Future<Void> listen(FarmBus bus) {
    return bus.onReady(
            bundle ->
                workload
                    .stageNumbers()
                    .filter(stage -> workload.bundle(stage).equals(bundle))
                    .forEach(stage -> workers.get(stage).wake()))
        .completion();
  }

  RedisQueue queue() {
    return queue;
  }

  static String name(int number) {
    return "j" + number;
  }

  static int number(String job) {
    return Integer.parseInt(job.substring(1));
  }

  /** Makes the bundles known, as workers do when they start; again after all keys were removed. */
  void register() {
    workload
        .stageNumbers()
        .forEach(
            stage ->
                await(() -> queue.jobs().register(workload.bundle(stage), workload.digest(stage))));
  }

  /** Submits so many jobs, which wait. */
  void fill(int jobs) {
    for (int left = jobs; left > 0; left -= FILLED_AT_ONCE) {
      int now = Math.min(left, FILLED_AT_ONCE);
      await(() -> submit(now));
    }
  }

  /** Submits so many jobs, and meanwhile sees as many through. */
  void run(int jobs) {
    await(() -> Future.all(submit(jobs), work(jobs)));
  }

  /** The jobs of which every stage is complete; fails if stages differ. */
  BitSet done() {
    BitSet first = workers.get(0).done();
    for (CycleWorker worker : workers) {
      if (!worker.done().equals(first)) {
        throw new IllegalStateException(workload + ": stages differ (expected: the same jobs)");
      }
    }
    return first;
  }

  /** How many jobs were submitted, whose numbers are those below. */
  int submitted() {
    return submitted;
  }

  private Future<?> work(int jobs) {
    return Future.all(workers.stream().map(worker -> worker.work(jobs)).toList());
  }

  private Future<?> submit(int jobs) {
    wanted = submitted + jobs;
    List<Future<Void>> clients = new ArrayList<>();
    for (int i = 0; i < CLIENTS; i++) {
      clients.add(client());
    }
    return Future.all(clients);
  }

  /** Submits one job after another. */
  private Future<Void> client() {
    return submitted == wanted
        ? Future.succeededFuture()
        : submit(name(submitted++)).compose(v -> client());
  }

  private Future<Void> submit(String job) {
    return queue
        .jobs()
        .submit(workload.submission(TENANT, job, 0, plan))
        .compose(
            result ->
                result.outcome() == SubmitResult.Outcome.CREATED
                    ? Future.succeededFuture()
                    : Future.failedFuture(job + ": " + result + " (expected: CREATED)"));
  }

  /** What an operation of the queue answers, called as workers call it. */
  <T> T await(Supplier<Future<T>> call) {
    Promise<T> promise = Promise.promise();
    context.runOnContext(v -> call.get().onComplete(promise));
    try {
      return promise.future().await(PATIENCE_MINUTES, TimeUnit.MINUTES);
    } catch (TimeoutException e) {
      throw new IllegalStateException(workload + ": does not end", e);
    }
  }

  @Override
  public void close() {
    await(queue::close);
  }
}
