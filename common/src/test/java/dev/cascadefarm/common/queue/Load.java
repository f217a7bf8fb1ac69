package dev.cascadefarm.common.queue;

import static org.assertj.core.api.Assertions.assertThat;

import dev.cascadefarm.common.cascade.BundleId;
import dev.cascadefarm.common.job.JobState;
import dev.cascadefarm.common.job.TaskId;
import dev.cascadefarm.common.queue.TaskQueue.Claim;
import dev.cascadefarm.common.queue.TaskQueue.Completion;
import dev.cascadefarm.common.queue.TaskQueue.LeasedTask;
import dev.cascadefarm.common.queue.TaskQueue.Renewal;
import dev.cascadefarm.common.queue.TaskQueue.ReportResult;
import dev.cascadefarm.testing.Eventually;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/**
 * Jobs of three stages, and workers that see them through, each on a thread of its own; every call
 * is repeated until it is answered. Nothing is reaped, so that a task lost once is lost for good.
 */
final class Load {
  private static final Duration LIMIT = Duration.ofSeconds(40);
  private static final int IMAGES = 2;
  private static final int TASKS_PER_JOB = 1 + 2 * IMAGES;
  private static final int CLAIMED_AT_ONCE = 3;
  private static final List<BundleId> BUNDLES =
      List.of(QueueFixture.TEXT, QueueFixture.BASE, QueueFixture.SR);

  private final FaultyQueue farm;
  private final List<RedisQueue> queues;
  private final int jobs;
  private final Map<TaskId, String> accepted = new ConcurrentHashMap<>();
  private final List<String> wrong = new ArrayList<>();

  /**
   * Nothing yet.
   *
   * @param queues one for each worker; a queue may serve several
   */
  Load(FaultyQueue farm, List<RedisQueue> queues, int jobs) {
    this.farm = farm;
    this.queues = queues;
    this.jobs = jobs;
  }

  int tasks() {
    return jobs * TASKS_PER_JOB;
  }

  int done() {
    return accepted.size();
  }

  /** Submits all jobs. */
  Load submitted() {
    for (int i = 0; i < jobs; i++) {
      farm.submitted("j" + i, IMAGES);
    }
    return this;
  }

  /** Works until all is done, beside which {@code disturbance} runs again and again. */
  void run(Runnable disturbance) {
    ExecutorService threads = Executors.newFixedThreadPool(queues.size());
    try {
      List<Future<?>> workers = new ArrayList<>();
      for (int i = 0; i < queues.size(); i++) {
        TaskQueue queue = queues.get(i).tasks();
        String name = "worker-" + i;
        workers.add(threads.submit(() -> work(queue, name)));
      }
      Eventually.holds("all tasks done", LIMIT, () -> over(workers, disturbance));
    } finally {
      threads.shutdownNow();
    }
  }

  private static boolean over(List<Future<?>> workers, Runnable disturbance)
      throws InterruptedException {
    boolean over = true;
    for (Future<?> worker : workers) {
      over &= worker.isDone();
      rethrow(worker);
    }
    if (!over) {
      disturbance.run();
    }
    return over;
  }

  private static void rethrow(Future<?> worker) throws InterruptedException {
    try {
      if (worker.isDone()) {
        worker.get();
      }
    } catch (ExecutionException e) {
      throw new AssertionError("a worker failed", e.getCause());
    }
  }

  private void work(TaskQueue queue, String worker) {
    for (int round = 0; done() < tasks(); round++) {
      BundleId bundle = BUNDLES.get(round % BUNDLES.size());
      Claim claim =
          new Claim(
              worker, worker + "-" + round, bundle, QueueFixture.digest(bundle), CLAIMED_AT_ONCE);
      List<LeasedTask> tasks = farm.answered(() -> queue.claim(claim)).tasks();
      renew(queue, worker, tasks);
      tasks.forEach(task -> complete(queue, worker, task));
    }
  }

  private void renew(TaskQueue queue, String worker, List<LeasedTask> tasks) {
    List<Renewal> renewals =
        tasks.stream().map(task -> new Renewal(task.id(), task.nonce(), null)).toList();
    farm.answered(() -> queue.renew(worker, renewals))
        .forEach((task, answer) -> expect(task, answer == Renewal.Answer.OK, answer));
  }

  private void complete(TaskQueue queue, String worker, LeasedTask task) {
    Completion completion =
        new Completion(task.id(), worker, task.nonce(), task.nonce(), 1, List.of());
    ReportResult result = farm.answered(() -> queue.complete(completion));
    expect(task.id(), task.attempt() == 1, "attempt " + task.attempt());
    expect(task.id(), result == ReportResult.OK || result == ReportResult.ALREADY, result);
    String before = accepted.put(task.id(), task.nonce());
    expect(task.id(), before == null, "completed before");
  }

  private void expect(TaskId task, boolean holds, Object what) {
    if (!holds) {
      synchronized (wrong) {
        wrong.add(task + ": " + what);
      }
    }
  }

  /** Every task was leased once and completed once, every job has succeeded. */
  void assertAllOnce() {
    assertThat(wrong).isEmpty();
    assertThat(accepted).hasSize(tasks());
    for (int i = 0; i < jobs; i++) {
      Map<String, String> job = farm.raw.hash("job:j" + i);
      assertThat(job).containsEntry("state", JobState.SUCCEEDED.word());
    }
    Invariants.check(farm.raw);
  }
}
