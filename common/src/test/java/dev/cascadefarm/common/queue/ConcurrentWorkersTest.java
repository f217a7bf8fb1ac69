package dev.cascadefarm.common.queue;

import static org.assertj.core.api.Assertions.assertThat;

import dev.cascadefarm.common.cascade.BundleId;
import dev.cascadefarm.common.job.JobState;
import dev.cascadefarm.common.job.TaskId;
import dev.cascadefarm.common.queue.QueueConfig.Delays;
import dev.cascadefarm.common.queue.TaskQueue.Claim;
import dev.cascadefarm.common.queue.TaskQueue.Failure;
import dev.cascadefarm.common.queue.TaskQueue.LeasedTask;
import dev.cascadefarm.common.queue.TaskQueue.ReportResult;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** Four workers over one queue, each clumsy in its own reproducible way. */
class ConcurrentWorkersTest extends QueueOnRedis {
  private static final int JOBS = 60;
  private static final int IMAGES = 2;
  private static final int WORKERS = 4;
  private static final List<BundleId> BUNDLES =
      List.of(QueueFixture.TEXT, QueueFixture.BASE, QueueFixture.SR);

  private final Map<TaskId, AtomicInteger> accepted = new ConcurrentHashMap<>();

  @Override
  QueueConfig configured(QueueConfig usual) {
    Delays none = new Delays(Duration.ZERO, Duration.ZERO);
    // why: so much goes wrong here that stages count as broken, and probes must not take long
    QueueConfig.Breaker breaker = usual.breaker();
    return usual
        .withRetries(new QueueConfig.Retries(50, 50, 50, none, none))
        .withBreaker(
            new QueueConfig.Breaker(breaker.tasks(), breaker.within(), Duration.ofMillis(1)));
  }

  @Test
  void sixtyJobsFourWorkers_eachTaskCommittedOnce() throws Exception {
    for (int i = 0; i < JOBS; i++) {
      QueueFixture.await(farm.jobs.submit(QueueFixture.submission("j" + i, IMAGES)));
    }
    ExecutorService threads = Executors.newFixedThreadPool(WORKERS);
    List<java.util.concurrent.Future<?>> ends = new ArrayList<>();
    for (int w = 0; w < WORKERS; w++) {
      int seed = w;
      ends.add(threads.submit(() -> work("worker-" + seed, new Random(seed))));
    }
    for (java.util.concurrent.Future<?> end : ends) {
      end.get(60, TimeUnit.SECONDS);
    }
    threads.shutdownNow();
    Invariants.check(farm.raw);
    assertThat(accepted).hasSize(JOBS * (1 + 2 * IMAGES));
    assertThat(accepted.values()).allMatch(count -> count.get() == 1);
    for (int i = 0; i < JOBS; i++) {
      assertThat(farm.job("j" + i).state()).isEqualTo(JobState.SUCCEEDED);
    }
  }

  /** Takes work of all stages in turn until no job is unfinished. */
  private void work(String worker, Random random) {
    for (int round = 0; unfinished(); round++) {
      BundleId bundle = BUNDLES.get(round % BUNDLES.size());
      Claim claim =
          new Claim(
              worker, worker + "-" + round, bundle, QueueFixture.digest(bundle), 1 + round % 5);
      List<LeasedTask> tasks = QueueFixture.await(farm.tasks.claim(claim)).tasks();
      if (random.nextInt(5) == 0) {
        assertThat(QueueFixture.await(farm.tasks.claim(claim)).tasks()).isEqualTo(tasks);
      }
      tasks.forEach(task -> treat(worker, task, random));
    }
  }

  private boolean unfinished() {
    return farm.raw.scores("done:default").size() < JOBS;
  }

  private void treat(String worker, LeasedTask task, Random random) {
    switch (random.nextInt(10)) {
      case 0 -> giveBack(worker, task, Failure.Kind.RELEASED);
      case 1 -> giveBack(worker, task, Failure.Kind.TASK);
      case 2 -> {
        giveBack(worker, task, Failure.Kind.INFRASTRUCTURE);
        complete(worker, task, ReportResult.STALE);
      }
      case 3 -> {
        complete(worker, task, ReportResult.OK);
        complete(worker, task, ReportResult.ALREADY);
      }
      default -> complete(worker, task, ReportResult.OK);
    }
  }

  private void complete(String worker, LeasedTask task, ReportResult expected) {
    ReportResult result =
        QueueFixture.await(
            farm.tasks.complete(
                new TaskQueue.Completion(
                    task.id(), worker, task.nonce(), task.nonce(), 1, List.of())));
    assertThat(result).isEqualTo(expected);
    if (result == ReportResult.OK) {
      accepted.computeIfAbsent(task.id(), id -> new AtomicInteger()).incrementAndGet();
    }
  }

  private void giveBack(String worker, LeasedTask task, Failure.Kind kind) {
    assertThat(
            QueueFixture.await(
                farm.tasks.fail(new Failure(task.id(), worker, task.nonce(), kind, "clumsy"))))
        .isEqualTo(ReportResult.OK);
  }
}
