package dev.cascadefarm.benchmark;

import dev.cascadefarm.common.bus.FarmBus;
import dev.cascadefarm.common.queue.QueueConfig;
import dev.cascadefarm.common.queue.QueueHints;
import dev.cascadefarm.common.queue.RedisQueue;
import dev.cascadefarm.common.queue.TaskQueue.Claim;
import dev.cascadefarm.common.queue.TaskQueue.Completion;
import dev.cascadefarm.common.queue.TaskQueue.LeasedTask;
import dev.cascadefarm.common.queue.TenantLimits;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.IntStream;

/**
 * Shares of tenants whose weights are 3, 2 and 1 in a stage that all of them want more of: the
 * largest difference, over all windows of a thousand claimed tasks in a row, from the share that a
 * weight stands for. Workers claim from 1 to 16 tasks at once and hold them while others claim;
 * priorities are drawn.
 *
 * <pre>java -cp 'benchmark/target/classes:standalone/target/lib/*' \
 *   dev.cascadefarm.benchmark.QueueFairness 12000</pre>
 */
public final class QueueFairness {
  private static final Workload WORKLOAD = Workload.SINGLE;
  private static final List<String> TENANTS = List.of("three", "two", "one");
  private static final int[] WEIGHTS = {3, 2, 1};
  private static final int WHOLE = IntStream.of(WEIGHTS).sum();
  private static final int[] AT_ONCE = {1, 3, 16, 8};
  private static final int WINDOW = 1000;
  private static final int BACKLOG = 100;
  private static final int PRIORITIES = 10;

  private final RedisQueue queue;
  private final Random random = new Random(1);
  private final List<Integer> claimed = new ArrayList<>();
  private final Set<String> waiting = new HashSet<>();
  private final List<List<LeasedTask>> held = new ArrayList<>();
  private int submitted;

  private QueueFairness(RedisQueue queue) {
    this.queue = queue;
  }

  public static void main(String[] arguments) throws Exception {
    System.out.println(Machine.line());
    Vertx vertx = Vertx.vertx();
    try (ScratchRedis redis = ScratchRedis.start(vertx)) {
      QueueHints bus = new FarmBus(vertx.eventBus());
      RedisQueue queue = new RedisQueue(vertx, QueueConfig.of(redis.url()), bus);
      await(queue.start());
      QueueFairness fairness = new QueueFairness(queue);
      fairness.begin();
      fairness.run(Integer.parseInt(arguments[0]));
      fairness.print();
      await(queue.close());
    } finally {
      vertx.close().await(1, TimeUnit.MINUTES);
    }
  }

  private void begin() {
    await(queue.jobs().register(WORKLOAD.bundle(0), WORKLOAD.digest(0)));
    for (int tenant = 0; tenant < TENANTS.size(); tenant++) {
      TenantLimits limits = new TenantLimits(WEIGHTS[tenant], null, null, null);
      await(queue.control().allow(TENANTS.get(tenant), limits));
      for (int i = 0; i < BACKLOG; i++) {
        await(submit(tenant));
      }
    }
    for (int i = 0; i < AT_ONCE.length; i++) {
      held.add(List.of());
    }
  }

  private Future<?> submit(int tenant) {
    String job = "j" + submitted++;
    waiting.add(job);
    return queue
        .jobs()
        .submit(
            WORKLOAD.submission(
                TENANTS.get(tenant), job, random.nextInt(PRIORITIES), WORKLOAD.plan()));
  }

  /** Each worker completes what it holds and claims anew; what was claimed is submitted again. */
  private void run(int tasks) {
    for (int turn = 0; claimed.size() < tasks; turn++) {
      int worker = turn % AT_ONCE.length;
      await(Future.all(held.get(worker).stream().map(task -> complete(worker, task)).toList()));
      Claim claim =
          new Claim(
              "worker-" + worker,
              "request-" + turn,
              WORKLOAD.bundle(0),
              WORKLOAD.digest(0),
              AT_ONCE[worker]);
      List<LeasedTask> taken = await(queue.tasks().claim(claim)).tasks();
      held.set(worker, taken);
      List<Future<?>> submissions = new ArrayList<>();
      for (LeasedTask task : taken) {
        int tenant = TENANTS.indexOf(task.tenant());
        claimed.add(tenant);
        if (!waiting.remove(task.id().job())) {
          throw new IllegalStateException(task.id() + ": claimed (expected: once)");
        }
        submissions.add(submit(tenant));
      }
      await(Future.all(submissions));
    }
  }

  private Future<?> complete(int worker, LeasedTask task) {
    return queue
        .tasks()
        .complete(
            new Completion(task.id(), "worker-" + worker, task.nonce(), "none", 1, List.of()));
  }

  private void print() {
    System.out.printf("%d claims, windows of %d%n", claimed.size(), WINDOW);
    for (int tenant = 0; tenant < TENANTS.size(); tenant++) {
      double fair = (double) WEIGHTS[tenant] / WHOLE;
      double least = 1;
      double most = 0;
      for (int from = 0; from + WINDOW <= claimed.size(); from++) {
        double share = share(tenant, from, from + WINDOW);
        least = Math.min(least, share);
        most = Math.max(most, share);
      }
      System.out.printf(
          Locale.ROOT,
          "%-6s share %.4f of all, %.3f to %.3f of a window, %.4f by weight: %+.2f %% to %+.2f"
              + " %%%n",
          TENANTS.get(tenant),
          share(tenant, 0, claimed.size()),
          least,
          most,
          fair,
          100 * (least / fair - 1),
          100 * (most / fair - 1));
    }
  }

  private double share(int tenant, int from, int to) {
    long own = claimed.subList(from, to).stream().filter(other -> other == tenant).count();
    return (double) own / (to - from);
  }

  private static <T> T await(Future<T> future) {
    try {
      return future.await(1, TimeUnit.MINUTES);
    } catch (TimeoutException e) {
      throw new IllegalStateException("no answer", e);
    }
  }
}
