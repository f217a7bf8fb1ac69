package dev.cascadefarm.worker;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.cascadefarm.common.cascade.InstalledBundle;
import dev.cascadefarm.common.cascade.InvalidCatalogueException;
import dev.cascadefarm.common.cascade.StageBundle;
import dev.cascadefarm.common.job.JobSpec;
import dev.cascadefarm.common.job.JobState;
import dev.cascadefarm.common.job.TaskState;
import dev.cascadefarm.common.queue.JobEvent;
import dev.cascadefarm.common.queue.JobSnapshot;
import dev.cascadefarm.common.queue.WorkerSnapshot;
import dev.cascadefarm.testing.RedisExtension;
import dev.cascadefarm.testing.StoreExtension;
import dev.cascadefarm.testing.TestRedis;
import dev.cascadefarm.testing.TestStore;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** What a worker does when answers are lost, files are damaged, calls hang, or it has to leave. */
@Tag("integration")
@ExtendWith({RedisExtension.class, StoreExtension.class})
class WorkerFaultTest {
  private static final JobSpec SPEC = FarmFixture.spec("a small blue square", 1, 7, "{\"rows\":4}");

  private FarmFixture farm;

  @BeforeEach
  void open(TestRedis redis, TestStore store, @TempDir Path folder) throws Exception {
    farm = FarmFixture.on(redis, store, "worker-fault", folder);
  }

  @AfterEach
  void close() throws Exception {
    farm.close();
  }

  @Test
  void complete_answerLost_isRepeatedAndCommitsOnce() throws Exception {
    LossyQueue lossy = new LossyQueue(farm.redisQueue.tasks());
    lossy.completeAnswersToLose.set(2);
    start(farm.text);
    farm.worker(farm.base, FarmFixture.config(), lossy, farm.baseRunner).start().await(30, SECONDS);
    start(farm.sr);

    String job = farm.submit(SPEC);
    JobSnapshot done = farm.awaitState(job, JobState.SUCCEEDED);

    assertThat(done.tasks()).allMatch(task -> task.attempt() == 1);
    farm.await("the third try", () -> lossy.completions.get() == 3);
    assertThat(eventTypes(job)).containsOnlyOnce(JobEvent.IMAGE_COMPLETED);
    assertThat(eventTypes(job).stream().filter(JobEvent.TASK_COMPLETED::equals)).hasSize(3);
  }

  @Test
  void claim_answerLost_isRepeatedAndCostsNoAttempt() throws Exception {
    LossyQueue lossy = new LossyQueue(farm.redisQueue.tasks());
    lossy.claimAnswersToLose.set(2);
    start(farm.text);
    farm.worker(farm.base, FarmFixture.config(), lossy, farm.baseRunner).start().await(30, SECONDS);
    start(farm.sr);

    JobSnapshot done = farm.awaitState(farm.submit(SPEC), JobState.SUCCEEDED);

    assertThat(lossy.claimAnswersToLose).hasValue(0);
    assertThat(done.tasks()).allMatch(task -> task.attempt() == 1);
  }

  @Test
  void close_midRun_givesTheTaskBackUncounted_andAnotherWorkerDrawsTheSame() throws Exception {
    start(farm.text);
    start(farm.sr);
    FakeRunner held = new FakeRunner(FakeRunner.Kind.IMAGE);
    held.gate();
    Worker leaving = farm.worker(farm.base, FarmFixture.config(), farm.redisQueue.tasks(), held);
    leaving.start().await(30, SECONDS);
    String job = farm.submit(SPEC);
    held.permit(2);
    farm.await("two rows", () -> held.ticks() == 2);

    long start = System.nanoTime();
    held.permit(1);
    leaving.close().await(30, SECONDS);
    double seconds = (System.nanoTime() - start) / 1e9;

    assertThat(seconds).isLessThan(5);
    assertThat(task(job).state()).isEqualTo(TaskState.READY);
    assertThat(workers()).extracting(WorkerSnapshot::id).doesNotContain(leaving.id());
    held.open();
    farm.await("the model to be freed", held::closed);
    start(farm.base);
    JobSnapshot done = farm.awaitState(job, JobState.SUCCEEDED);
    assertThat(done.state()).isEqualTo(JobState.SUCCEEDED);
    JobSnapshot undisturbed = farm.awaitState(farm.submit(SPEC), JobState.SUCCEEDED);
    assertThat(farm.image(done, "sr", 0)).isEqualTo(farm.image(undisturbed, "sr", 0));
  }

  @Test
  void close_whileTheEngineIsStuckInARow_staysWithinItsTime() throws Exception {
    start(farm.text);
    Worker stuck = farm.worker(farm.base, FarmFixture.config());
    stuck.start().await(30, SECONDS);
    farm.baseRunner.gate();
    String job = farm.submit(SPEC);
    farm.await("a lease", () -> stuck.busy() == 1);

    long start = System.nanoTime();
    stuck.close().await(30, SECONDS);

    assertThat((System.nanoTime() - start) / 1e9).isLessThan(5);
    assertThat(task(job).state()).isEqualTo(TaskState.READY);
  }

  @Test
  void start_weightsThatAreNotThoseDescribed_isRefusedWithFileAndBothHashes() throws Exception {
    Path weights = farm.base.folder().resolve(StageBundle.WEIGHTS);
    byte[] damaged = "other weights".getBytes(StandardCharsets.UTF_8);
    Files.write(weights, damaged);

    assertThatThrownBy(() -> start(farm.base))
        .isInstanceOf(InvalidCatalogueException.class)
        .hasMessageContaining(weights.toString())
        .hasMessageContaining(TinyBundles.sha256(damaged))
        .hasMessageContaining(farm.base.bundle().files().get(StageBundle.WEIGHTS));
    assertThat(workers()).isEmpty();
  }

  @Test
  void start_anotherDigestThanRegistered_isRefusedWithBoth() {
    String other = "f".repeat(64);
    InstalledBundle changed = new InstalledBundle(farm.base.bundle(), other, farm.base.folder());

    assertThatThrownBy(() -> start(changed))
        .isInstanceOf(BundleRefusedException.class)
        .hasMessageContaining(other)
        .hasMessageContaining(farm.base.digest());
  }

  @Test
  void start_bundleThatNobodyRegisters_failsAfterAWhileAndSaysSo(TestRedis redis) {
    redis.flush();

    assertThatThrownBy(
            () ->
                farm.worker(farm.base, FarmFixture.config().withLimits(TestLimits.impatient()))
                    .start()
                    .await(30, SECONDS))
        .isInstanceOf(BundleRefusedException.class)
        .hasMessageContaining("tiny-base@1: not registered");
  }

  @Test
  void row_thatNeverReturns_endsTheProcess() throws Exception {
    start(farm.text);
    farm.baseRunner.gate();
    farm.worker(farm.base, FarmFixture.config().withLimits(TestLimits.impatient()))
        .start()
        .await(30, SECONDS);
    farm.submit(SPEC);

    farm.await("the watchdog", () -> !farm.exits.isEmpty());
    assertThat(farm.exits.peek()).contains("tiny-base@1").contains("did not return");
  }

  @Test
  void heartbeat_ofAServingWorker_tellsItsSlotsAndThenWhatATaskCosts() throws Exception {
    Worker worker = farm.worker(farm.text, FarmFixture.config().withSlots(3));
    worker.start().await(30, SECONDS);

    farm.await("a heartbeat", () -> !workers().isEmpty());
    WorkerSnapshot idle = workers().get(0);
    farm.submit(SPEC);
    farm.await("what a task costs", () -> workers().get(0).secondsPerTask() != null);

    assertThat(idle.id()).isEqualTo(worker.id());
    assertThat(idle.bundle()).isEqualTo(farm.text.id());
    assertThat(idle.slots()).isEqualTo(3);
    assertThat(idle.secondsPerTask()).isNull();
    assertThat(workers().get(0).secondsPerTask()).isBetween(1e-6, 30.0);
  }

  private void start(InstalledBundle bundle) throws Exception {
    farm.worker(bundle, FarmFixture.config()).start().await(30, SECONDS);
  }

  private JobSnapshot.Task task(String job) throws Exception {
    return farm.job(job).tasks().stream()
        .filter(each -> each.id().stage().equals("base"))
        .findFirst()
        .orElseThrow();
  }

  private List<WorkerSnapshot> workers() throws Exception {
    return farm.jobs().workers().await(30, SECONDS);
  }

  private List<String> eventTypes(String job) throws Exception {
    return farm
        .jobs()
        .events(FarmFixture.TENANT, job, 0, 1000)
        .await(30, SECONDS)
        .orElseThrow()
        .events()
        .stream()
        .map(JobEvent::type)
        .toList();
  }
}
