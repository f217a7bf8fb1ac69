package dev.cascadefarm.worker;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;

import dev.cascadefarm.common.job.JobSpec;
import dev.cascadefarm.common.job.JobState;
import dev.cascadefarm.common.job.TaskState;
import dev.cascadefarm.common.queue.JobEvent;
import dev.cascadefarm.common.queue.JobSnapshot;
import dev.cascadefarm.common.queue.TaskQueue;
import dev.cascadefarm.common.queue.TaskQueue.Claim;
import dev.cascadefarm.common.queue.TaskQueue.Failure;
import dev.cascadefarm.common.queue.TaskQueue.LeasedTask;
import dev.cascadefarm.common.queue.TaskQueue.Renewal;
import dev.cascadefarm.common.store.ArtifactKeys;
import dev.cascadefarm.common.store.CheckpointKey;
import dev.cascadefarm.common.store.StoredObject;
import dev.cascadefarm.diffusion.stage.Checkpoint;
import dev.cascadefarm.diffusion.stage.HostTensor;
import dev.cascadefarm.diffusion.weights.CheckpointFile;
import dev.cascadefarm.testing.RedisExtension;
import dev.cascadefarm.testing.StoreExtension;
import dev.cascadefarm.testing.TestRedis;
import dev.cascadefarm.testing.TestStore;
import dev.cascadefarm.worker.checkpoint.CheckpointConfig;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** A task whose worker is gone goes on at another where its last checkpoint says. */
@Tag("integration")
@ExtendWith({RedisExtension.class, StoreExtension.class})
class CheckpointFlowTest {
  private static final int ROWS = 8;
  private static final JobSpec SPEC =
      FarmFixture.spec("a small blue square", 1, 7, "{\"rows\":" + ROWS + "}");
  private static final CheckpointConfig EVERY_ROW = CheckpointConfig.every(1);

  private FarmFixture farm;

  @BeforeEach
  void open(TestRedis redis, TestStore store, @TempDir Path folder) throws Exception {
    farm = FarmFixture.on(redis, store, "checkpoints", folder);
    farm.worker(farm.text, FarmFixture.config()).start().await(30, SECONDS);
    farm.worker(farm.sr, FarmFixture.config()).start().await(30, SECONDS);
  }

  @AfterEach
  void close() throws Exception {
    farm.close();
  }

  @Test
  void attempt_abandonedMidway_nextGoesOnAtItsRowAndDrawsTheSame() throws Exception {
    String job = farm.submit(SPEC);
    FakeRunner lost = abandonAfter(5);
    FakeRunner next = start(EVERY_ROW);
    JobSnapshot done = farm.awaitState(job, JobState.SUCCEEDED);

    assertThat(next.ticks()).isEqualTo(ROWS - 5);
    assertThat(task(job).attempt()).isEqualTo(2);
    assertThat(count("resumed")).isEqualTo(1);
    assertThat(count("refused")).isZero();
    JobEvent again =
        events(job, JobEvent.TASK_STARTED).stream()
            .filter(event -> "base".equals(event.stage()) && event.attempt() == 2)
            .findFirst()
            .orElseThrow();
    assertThat(again.data().path("row").asInt()).isEqualTo(5);
    assertThat(farm.image(done, "base", 0)).isEqualTo(undisturbed("base"));
    assertThat(farm.image(done, "sr", 0)).isEqualTo(undisturbed("sr"));
    assertThat(lost.ticks()).isEqualTo(5);
    farm.await("old checkpoints to be deleted", () -> checkpoints(job).isEmpty());
  }

  @Test
  void attempt_abandonedTwice_goesOnEachTime() throws Exception {
    String job = farm.submit(SPEC);
    abandonAfter(2);
    FakeRunner second = abandonAfter(3);
    FakeRunner third = start(EVERY_ROW);
    JobSnapshot done = farm.awaitState(job, JobState.SUCCEEDED);
    assertThat(second.ticks()).isEqualTo(3);
    assertThat(third.ticks()).isEqualTo(ROWS - 5);
    assertThat(task(job).attempt()).isEqualTo(3);
    assertThat(farm.image(done, "base", 0)).isEqualTo(undisturbed("base"));
  }

  @Test
  void progress_ofATaskThatGoesOn_neverBelowItsCheckpoint() throws Exception {
    String job = farm.submit(SPEC);
    abandonAfter(5);
    farm.live.clear();
    start(EVERY_ROW);
    farm.awaitState(job, JobState.SUCCEEDED);
    assertThat(task(job).progress().done()).isEqualTo(ROWS);
    farm.await("progress", () -> baseProgress().length > 0);
    assertThat(baseProgress()).doesNotContain(0, 1, 2, 3, 4, 5);
  }

  private boolean rowSeen(int row) {
    return Arrays.stream(baseProgress()).anyMatch(each -> each == row);
  }

  private int[] baseProgress() {
    return farm.live.stream()
        .filter(event -> event.type().equals(JobEvent.TASK_PROGRESS))
        .filter(event -> "base".equals(event.stage()))
        .mapToInt(event -> event.data().path("done").asInt())
        .toArray();
  }

  @Test
  void checkpoint_newerOneCommitted_olderOneDeleted() throws Exception {
    String job = farm.submit(SPEC);
    FleetingWorker worker = farm.fleeting(config(EVERY_ROW));
    worker.step(3);
    assertThat(onlyCheckpoint(job, 3)).contains("/base/0/1-");
    worker.runner().open();
    farm.awaitState(job, JobState.SUCCEEDED);
    farm.await("none", () -> checkpoints(job).isEmpty());
  }

  @Test
  void checkpoint_jobCancelled_deletedAndNothingCountedAsFailed() throws Exception {
    String job = farm.submit(SPEC);
    FleetingWorker worker = farm.fleeting(config(EVERY_ROW));
    worker.step(3);
    farm.jobs().cancel(FarmFixture.TENANT, job).await(30, SECONDS);
    worker.runner().permit(1);
    farm.awaitState(job, JobState.CANCELLED);
    farm.await("none", () -> checkpoints(job).isEmpty());
    assertThat(count("failed")).isZero();
  }

  @Test
  void checkpoint_off_neverWrittenNorAtTheEnd() throws Exception {
    String job = farm.submit(SPEC);
    FleetingWorker worker = farm.fleeting(config(CheckpointConfig.every(0)));
    worker.runner().permit(3);
    farm.await("three rows", () -> rowSeen(3));
    worker.worker().close().await(30, SECONDS);
    assertThat(task(job).state()).isEqualTo(TaskState.READY);
    assertThat(checkpoints(job)).isEmpty();
    assertThat(count("written")).isZero();
  }

  @Test
  void checkpoint_weighed_notForAShortTask() throws Exception {
    String job = farm.submit(SPEC);
    start(CheckpointConfig.defaults());
    farm.awaitState(job, JobState.SUCCEEDED);
    assertThat(count("written")).isZero();
  }

  @Test
  void drain_sampleInTheBatch_writtenDownAtOnceAndGivenBack() throws Exception {
    String job = farm.submit(SPEC);
    FleetingWorker leaving = farm.fleeting(config(CheckpointConfig.defaults()));
    leaving.runner().permit(4);
    farm.await("four rows", () -> rowSeen(4));

    long start = System.nanoTime();
    leaving.worker().close().await(30, SECONDS);

    // The engine is in its fifth row all the while, so that only freeing the model takes time.
    assertThat((System.nanoTime() - start) / 1e9).isLessThan(5);
    assertThat(task(job).state()).isEqualTo(TaskState.READY);
    assertThat(checkpoints(job)).hasSize(1);
    FakeRunner next = start(CheckpointConfig.defaults());
    JobSnapshot done = farm.awaitState(job, JobState.SUCCEEDED);
    assertThat(next.ticks()).isEqualTo(ROWS - 4);
    assertThat(events(job, JobEvent.TASK_RETRIED)).hasSize(1);
    assertThat(farm.image(done, "base", 0)).isEqualTo(undisturbed("base"));
  }

  @Test
  void resume_objectDamaged_startsOverWithAnEvent() throws Exception {
    refusedAndDrawnAnew(content -> Arrays.copyOf(content, content.length - 1), "");
  }

  @Test
  void resume_anotherBundlesCheckpoint_startsOverWithAnEvent() throws Exception {
    String other = "f".repeat(64);
    refusedAndDrawnAnew(
        content -> of(content, 6, other, "7"),
        "bundle: " + other + " (expected: " + farm.base.digest() + ")");
  }

  @Test
  void resume_anotherSamplesCheckpoint_startsOverWithAnEvent() throws Exception {
    refusedAndDrawnAnew(
        content -> of(content, 6, farm.base.digest(), "8"), "seed: 8 (expected: 7)");
  }

  @Test
  void resume_rowOfTheKeyIsNotThatOfTheFile_startsOver() throws Exception {
    refusedAndDrawnAnew(
        content -> of(content, 5, farm.base.digest(), "7"), "row: 5 (expected: 6, as in its key)");
  }

  private static byte[] of(byte[] content, int row, String bundle, String seed) {
    Map<String, String> origin = Map.of("bundle", bundle, "seed", seed, "rows", "" + ROWS);
    Map<String, HostTensor> state = CheckpointFile.parse(content, "c").tensors();
    return CheckpointFile.format(new Checkpoint(origin, row, state));
  }

  @Test
  void resume_objectGone_startsOverWithAnEvent() throws Exception {
    String job = farm.submit(SPEC);
    abandonAfter(5);
    farm.store.delete(List.of(onlyCheckpoint(job, 5))).await(30, SECONDS);
    FakeRunner next = start(EVERY_ROW);
    farm.awaitState(job, JobState.SUCCEEDED);
    assertThat(next.ticks()).isEqualTo(ROWS);
    assertThat(events(job, JobEvent.TASK_RESTARTED)).hasSize(1);
  }

  /** Replaces the object, or the pointer where its hash has to be right, and lets another go on. */
  private void refusedAndDrawnAnew(UnaryOperator<byte[]> change, String reason) throws Exception {
    String job = farm.submit(SPEC);
    abandonAfter(5);
    String key = onlyCheckpoint(job, 5);
    byte[] changed = change.apply(farm.store.get(key).await(30, SECONDS));
    if (reason.isEmpty()) {
      farm.store.put(key, changed, "application/octet-stream").await(30, SECONDS);
    } else {
      point(changed);
    }
    FakeRunner next = start(EVERY_ROW);
    JobSnapshot done = farm.awaitState(job, JobState.SUCCEEDED);

    assertThat(next.ticks()).isEqualTo(ROWS);
    assertThat(count("refused")).isEqualTo(1);
    assertThat(count("resumed")).isZero();
    List<JobEvent> said = events(job, JobEvent.TASK_RESTARTED);
    assertThat(said).hasSize(1);
    assertThat(said.get(0).stage()).isEqualTo("base");
    assertThat(said.get(0).data().path("reason").asText()).contains(reason);
    assertThat(farm.image(done, "base", 0)).isEqualTo(undisturbed("base"));
  }

  /** Commits a checkpoint of that content at row 6, in an attempt of the test's own. */
  private void point(byte[] content) throws Exception {
    TaskQueue tasks = farm.redisQueue.tasks();
    String id = UUID.randomUUID().toString();
    Claim claim = new Claim("test", id, farm.base.id(), farm.base.digest(), 1);
    LeasedTask task = tasks.claim(claim).await(30, SECONDS).tasks().get(0);
    ArtifactKeys keys = ArtifactKeys.of(task.tenant(), task.id(), task.attempt(), task.nonce());
    CheckpointKey key = CheckpointKey.of(keys, 6, content);
    farm.store.put(key.key(), content, "application/octet-stream").await(30, SECONDS);
    Renewal renewal = new Renewal(task.id(), task.nonce(), null, key.key(), null);
    tasks.renew("test", List.of(renewal)).await(30, SECONDS);
    Failure back =
        new Failure(task.id(), "test", task.nonce(), Failure.Kind.RELEASED, "by the test");
    tasks.fail(back).await(30, SECONDS);
  }

  @Test
  void fail_afterGoingOn_nextAttemptStartsOver() throws Exception {
    JobSpec spec = FarmFixture.spec("a small blue square", 1, 7, "{\"rows\":8,\"fail_resumed\":1}");
    String job = farm.submit(spec);
    abandonAfter(5);
    FakeRunner next = start(CheckpointConfig.defaults());
    farm.awaitState(job, JobState.SUCCEEDED);
    assertThat(next.ticks()).isEqualTo(1 + ROWS);
    assertThat(events(job, JobEvent.TASK_RESTARTED)).hasSize(1);
    assertThat(task(job).attempt()).isEqualTo(3);
  }

  /** A worker of base that is lost after so many rows, all written down. */
  private FakeRunner abandonAfter(int rows) throws Exception {
    FleetingWorker worker = farm.fleeting(config(EVERY_ROW));
    worker.step(rows);
    worker.lose();
    return worker.runner();
  }

  private FakeRunner start(CheckpointConfig checkpoints) throws Exception {
    FakeRunner runner = new FakeRunner(FakeRunner.Kind.IMAGE);
    farm.worker(farm.base, config(checkpoints), farm.redisQueue.tasks(), runner)
        .start()
        .await(30, SECONDS);
    return runner;
  }

  private static WorkerConfig config(CheckpointConfig checkpoints) {
    return FarmFixture.config().withCheckpoints(checkpoints);
  }

  /** The picture of the same request, drawn without a stop by the worker that is there. */
  private byte[] undisturbed(String stage) throws Exception {
    JobSnapshot done = farm.awaitState(farm.submit(SPEC), JobState.SUCCEEDED);
    return farm.image(done, stage, 0);
  }

  private JobSnapshot.Task task(String job) throws Exception {
    return farm.job(job).tasks().stream()
        .filter(each -> each.id().stage().equals("base"))
        .findFirst()
        .orElseThrow();
  }

  private List<String> checkpoints(String job) throws Exception {
    String prefix = ArtifactKeys.jobPrefix(FarmFixture.TENANT, job);
    return farm.store.list(prefix, 1000).await(30, SECONDS).stream()
        .map(StoredObject::key)
        .filter(key -> key.contains("/checkpoint-"))
        .toList();
  }

  /** The newest, once those before it are deleted. */
  private String onlyCheckpoint(String job, int row) throws Exception {
    farm.await(
        "one checkpoint at row " + row,
        () ->
            checkpoints(job).size() == 1
                && checkpoints(job).get(0).contains("/checkpoint-" + row + "-"));
    return checkpoints(job).get(0);
  }

  private double count(String what) {
    return farm.counted("checkpoint." + what);
  }

  private List<JobEvent> events(String job, String type) throws Exception {
    return farm
        .jobs()
        .events(FarmFixture.TENANT, job, 0, 1000)
        .await(30, SECONDS)
        .orElseThrow()
        .events()
        .stream()
        .filter(event -> event.type().equals(type))
        .toList();
  }
}
