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
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** A store that goes away, or gives back other bytes, while jobs are under way. */
@Tag("integration")
@ExtendWith({RedisExtension.class, StoreExtension.class})
class StoreOutageTest {
  private static final String BUCKET = "worker-outage";
  private static final JobSpec SPEC = FarmFixture.spec("a small blue square", 1, 7, "{\"rows\":4}");

  @TempDir private Path folder;
  private Door door;
  private TestStore store;
  private FarmFixture farm;

  @BeforeEach
  void open(TestRedis redis, TestStore shared) throws Exception {
    store = shared;
    door = new Door(shared.endpoint());
    farm =
        new FarmFixture(
            redis,
            StoreConfig.of(door.endpoint(), shared.accessKey(), shared.secretKey(), BUCKET)
                .withDeadline(Duration.ofSeconds(2)),
            folder.resolve("bundles"));
  }

  @AfterEach
  void close() throws Exception {
    farm.close();
    door.close();
  }

  @Test
  void storeGoesAwayBeforeTheUpload_taskWaitsInPlaceAndTheJobSucceeds() throws Exception {
    farm.startAll();
    farm.baseRunner.gate();
    String job = farm.submit(SPEC);
    farm.baseRunner.permit(1);
    farm.await("the first row", () -> farm.baseRunner.ticks() == 1);
    door.shut();
    farm.baseRunner.open();
    farm.await("the last row", () -> farm.baseRunner.ticks() == 4);
    farm.await("a failed upload", () -> storeFailures() > 1);
    assertThat(base(farm.job(job)).state()).isEqualTo(TaskState.LEASED);

    door.open();

    JobSnapshot done = farm.awaitState(job, JobState.SUCCEEDED);
    assertThat(done.state()).isEqualTo(JobState.SUCCEEDED);
    assertThat(done.tasks()).allMatch(task -> task.attempt() == 1);
  }

  @Test
  void storeStaysAwayBeyondPatience_taskComesBackUncountedAndSucceedsLater() throws Exception {
    farm.worker(farm.text, FarmFixture.config()).start().await(30, SECONDS);
    farm.worker(farm.base, FarmFixture.config().withLimits(TestLimits.impatient()))
        .start()
        .await(30, SECONDS);
    farm.worker(farm.sr, FarmFixture.config()).start().await(30, SECONDS);
    farm.baseRunner.gate();
    String job = farm.submit(SPEC);
    farm.await("a lease", () -> base(farm.job(job)).state() == TaskState.LEASED);
    door.shut();
    farm.baseRunner.open();
    farm.await("the task to come back", () -> base(farm.job(job)).state() == TaskState.DELAYED);

    door.open();

    JobSnapshot done = farm.awaitState(job, JobState.SUCCEEDED);
    assertThat(done.state()).isEqualTo(JobState.SUCCEEDED);
    assertThat(base(done).attempt()).isGreaterThan(1);
  }

  @Test
  void inputThatIsNotWhatItsManifestSays_isNeverUsed() throws Exception {
    farm.worker(farm.text, FarmFixture.config()).start().await(30, SECONDS);
    String job = farm.submit(SPEC);
    farm.awaitJob(job, each -> each.tasks().get(0).state() == TaskState.DONE);
    spoil(job, "embedding.safetensors");
    farm.worker(farm.base, FarmFixture.config()).start().await(30, SECONDS);

    farm.awaitJob(job, each -> base(each).state() == TaskState.DELAYED);

    assertThat(base(farm.job(job)).error()).contains("embedding.safetensors").contains("SHA-256");
    assertThat(farm.baseRunner.ticks()).isZero();
  }

  private double storeFailures() {
    return farm.meters.find("farm.worker.store.failed").counters().stream()
        .mapToDouble(each -> each.count())
        .sum();
  }

  private static JobSnapshot.Task base(JobSnapshot job) {
    return job.tasks().stream()
        .filter(task -> task.id().stage().equals("base"))
        .findFirst()
        .orElseThrow();
  }

  private void spoil(String job, String name) throws Exception {
    try (Stream<Path> files = Files.walk(store.folder().resolve(BUCKET))) {
      List<Path> found =
          files.filter(file -> file.endsWith(name) && file.toString().contains(job)).toList();
      assertThat(found).hasSize(1);
      byte[] bytes = Files.readAllBytes(found.get(0));
      bytes[bytes.length - 1] ^= 1;
      Files.write(found.get(0), bytes);
    }
  }
}
