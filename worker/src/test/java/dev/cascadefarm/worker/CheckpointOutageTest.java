package dev.cascadefarm.worker;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;

import dev.cascadefarm.common.job.JobSpec;
import dev.cascadefarm.common.job.JobState;
import dev.cascadefarm.common.job.TaskState;
import dev.cascadefarm.common.queue.JobSnapshot;
import dev.cascadefarm.common.store.StoreConfig;
import dev.cascadefarm.testing.RedisExtension;
import dev.cascadefarm.testing.StoreExtension;
import dev.cascadefarm.testing.TestRedis;
import dev.cascadefarm.testing.TestStore;
import dev.cascadefarm.worker.checkpoint.CheckpointConfig;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** Checkpoints while the store is away: they may be missing, but nothing else suffers. */
@Tag("integration")
@ExtendWith({RedisExtension.class, StoreExtension.class})
class CheckpointOutageTest {
  private static final JobSpec SPEC = FarmFixture.spec("a small blue square", 1, 7, "{\"rows\":6}");
  private static final WorkerConfig EVERY_ROW =
      FarmFixture.config().withCheckpoints(CheckpointConfig.every(1));

  private Door door;
  private FarmFixture farm;

  @BeforeEach
  void open(TestRedis redis, TestStore store, @TempDir Path folder) throws Exception {
    door = new Door(store.endpoint());
    farm =
        new FarmFixture(
            redis,
            StoreConfig.of(door.endpoint(), store.accessKey(), store.secretKey(), "outage"),
            folder);
    farm.worker(farm.text, FarmFixture.config()).start().await(30, SECONDS);
    farm.worker(farm.sr, FarmFixture.config()).start().await(30, SECONDS);
  }

  @AfterEach
  void close() throws Exception {
    farm.close();
    door.close();
  }

  @Test
  void checkpoint_storeAway_countedAndTheTaskGoesOn() throws Exception {
    String job = farm.submit(SPEC);
    FleetingWorker worker = farm.fleeting(EVERY_ROW);
    worker.step(1);
    door.shut();
    worker.runner().permit(2);
    farm.await("a failure", () -> farm.counted("checkpoint.failed") >= 1);
    assertThat(base(job).state()).isEqualTo(TaskState.LEASED);
    door.open();
    worker.runner().open();
    JobSnapshot done = farm.awaitState(job, JobState.SUCCEEDED);
    assertThat(done.state()).isEqualTo(JobState.SUCCEEDED);
    assertThat(base(job).attempt()).isEqualTo(1);
  }

  @Test
  void drain_storeThatNeverAnswers_givesBackWithinItsTime() throws Exception {
    String job = farm.submit(SPEC);
    FleetingWorker worker = farm.fleeting(EVERY_ROW);
    worker.step(2);
    door.jam();
    worker.runner().permit(1);
    farm.await("the third row", () -> worker.runner().ticks() == 3);

    long start = System.nanoTime();
    worker.worker().close().await(30, SECONDS);

    assertThat((System.nanoTime() - start) / 1e9).isLessThan(5);
    assertThat(base(job).state()).isEqualTo(TaskState.READY);
    assertThat(farm.counted("checkpoint.written")).isEqualTo(2);
  }

  @Test
  void resume_storeAway_waitedForAndNotRefused() throws Exception {
    String job = farm.submit(SPEC);
    FleetingWorker lost = farm.fleeting(EVERY_ROW);
    lost.step(4);
    lost.lose();
    door.shut();
    FakeRunner next = new FakeRunner(FakeRunner.Kind.IMAGE);
    farm.worker(
            farm.base, EVERY_ROW.withLimits(TestLimits.impatient()), farm.redisQueue.tasks(), next)
        .start()
        .await(30, SECONDS);
    farm.await("the task to come back", () -> base(job).state() == TaskState.DELAYED);
    door.open();
    assertThat(farm.awaitState(job, JobState.SUCCEEDED).state()).isEqualTo(JobState.SUCCEEDED);
    assertThat(next.ticks()).isEqualTo(2);
    assertThat(farm.counted("checkpoint.refused")).isZero();
    assertThat(farm.counted("checkpoint.resumed")).isEqualTo(1);
  }

  private JobSnapshot.Task base(String job) throws Exception {
    return farm.job(job).tasks().stream()
        .filter(task -> task.id().stage().equals("base"))
        .findFirst()
        .orElseThrow();
  }
}
