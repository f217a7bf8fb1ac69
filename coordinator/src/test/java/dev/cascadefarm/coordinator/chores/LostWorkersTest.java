package dev.cascadefarm.coordinator.chores;

import static org.assertj.core.api.Assertions.assertThat;

import dev.cascadefarm.common.bus.FarmBus;
import dev.cascadefarm.common.cascade.BundleId;
import dev.cascadefarm.common.cascade.StageBundle;
import dev.cascadefarm.common.job.JobPlan;
import dev.cascadefarm.common.job.JobSpec;
import dev.cascadefarm.common.job.PlannedStage;
import dev.cascadefarm.common.queue.JobQueue.Submission;
import dev.cascadefarm.common.queue.ProcessName;
import dev.cascadefarm.common.queue.QueueConfig;
import dev.cascadefarm.common.queue.RedisQueue;
import dev.cascadefarm.common.queue.TaskQueue.Claim;
import dev.cascadefarm.common.queue.TaskQueue.LeasedTask;
import dev.cascadefarm.common.queue.WorkerSnapshot;
import dev.cascadefarm.testing.RedisExtension;
import dev.cascadefarm.testing.TestRedis;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** What becomes of the work of processes that the cluster has lost. */
@Tag("integration")
@ExtendWith(RedisExtension.class)
class LostWorkersTest {
  private static final BundleId BASE = BundleId.parse("base@1");
  private static final ProcessName LOST = new ProcessName("lost", 7);

  private final Vertx vertx = Vertx.vertx();
  private final Promise<Consumer<ProcessName>> cluster = Promise.promise();
  private RedisQueue queue;

  @BeforeEach
  void start(TestRedis redis) throws Exception {
    redis.flush();
    FarmBus bus = new FarmBus(vertx.eventBus());
    queue = new RedisQueue(vertx, QueueConfig.of(redis.url()).withAllowLossy(true), bus);
    await(queue.start());
    var lostWorkers = new LostWorkers(vertx, queue.jobs());
    vertx.runOnContext(v -> lostWorkers.start(cluster::complete));
    await(cluster.future());
    var stage =
        new PlannedStage("base", BASE, "digest", StageBundle.Per.IMAGE, Map.of(), List.of());
    var spec = new JobSpec("c@1", "a ring", null, 2, 0, Map.of());
    var plan = new JobPlan(List.of(stage));
    await(queue.jobs().submit(new Submission("default", "j", null, "j", 0, spec, plan)));
  }

  @AfterEach
  void stop() throws Exception {
    await(queue.close());
    await(vertx.close());
  }

  @Test
  void lost_silentWorker_itsTaskIsReadyLongBeforeTheLeaseEnds() throws Exception {
    heartbeat("dead", LOST);
    LeasedTask task = claim("dead").get(0);
    Future<BundleId> ready = readied();
    await(cluster.future()).accept(LOST);
    assertThat(await(ready)).isEqualTo(BASE);
    assertThat(claim("alive")).extracting(LeasedTask::id).contains(task.id());
  }

  @Test
  void lost_workerOfAnotherProcess_keepsItsWork() throws Exception {
    heartbeat("dead", LOST);
    heartbeat("alive", new ProcessName("lost", 8));
    LeasedTask lost = claim("dead").get(0);
    LeasedTask kept = claim("alive").get(0);
    Future<BundleId> ready = readied();
    await(cluster.future()).accept(LOST);
    await(ready);
    assertThat(claim("other"))
        .extracting(LeasedTask::id)
        .contains(lost.id())
        .doesNotContain(kept.id());
  }

  /** The next time that tasks are said to be ready. */
  private Future<BundleId> readied() {
    Promise<BundleId> ready = Promise.promise();
    new FarmBus(vertx.eventBus()).onReady(ready::tryComplete);
    return ready.future();
  }

  private void heartbeat(String worker, ProcessName process) throws Exception {
    await(
        queue
            .tasks()
            .heartbeat(
                new WorkerSnapshot(
                    worker, BASE, process.host(), process.pid(), "cpu", 1, 0, null, 0)));
  }

  private List<LeasedTask> claim(String worker) throws Exception {
    Claim claim = new Claim(worker, UUID.randomUUID().toString(), BASE, "digest", 1);
    return await(queue.tasks().claim(claim)).tasks();
  }

  private static <T> T await(Future<T> future) throws Exception {
    return future.await(20, TimeUnit.SECONDS);
  }
}
