package dev.cascadefarm.worker;

import static org.assertj.core.api.Assertions.assertThat;

import dev.cascadefarm.common.job.JobSpec;
import dev.cascadefarm.common.job.JobState;
import dev.cascadefarm.common.job.TaskState;
import dev.cascadefarm.common.queue.JobEvent;
import dev.cascadefarm.common.queue.JobSnapshot;
import dev.cascadefarm.diffusion.stage.HostTensor;
import dev.cascadefarm.diffusion.stage.Sample;
import dev.cascadefarm.diffusion.stage.SampleRequest;
import dev.cascadefarm.diffusion.stage.StageValue;
import dev.cascadefarm.testing.RedisExtension;
import dev.cascadefarm.testing.StoreExtension;
import dev.cascadefarm.testing.TestRedis;
import dev.cascadefarm.testing.TestStore;
import dev.cascadefarm.worker.image.PngCodec;
import dev.cascadefarm.worker.metrics.TaskTrace;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** Jobs of fake stages through the real queue, the real store and the whole worker. */
@Tag("integration")
@ExtendWith({RedisExtension.class, StoreExtension.class})
class WorkerFlowTest {
  private static final String PROMPT = "a large red circle on a black background";

  private FarmFixture farm;

  @BeforeEach
  void open(TestRedis redis, TestStore store, @TempDir Path folder) throws Exception {
    farm = FarmFixture.on(redis, store, "worker-flow", folder);
  }

  @AfterEach
  void close() throws Exception {
    farm.close();
  }

  @Test
  void job_ofThreeStages_drawsWhatTheStagesDrawDirectly() throws Exception {
    farm.startAll();
    JobSpec spec = FarmFixture.spec(PROMPT, 2, 41, "{\"rows\":5}");

    JobSnapshot done = farm.awaitState(farm.submit(spec), JobState.SUCCEEDED);

    assertThat(done.state()).isEqualTo(JobState.SUCCEEDED);
    assertThat(done.tasks()).hasSize(5).allMatch(task -> task.state() == TaskState.DONE);
    assertThat(done.tasks()).allMatch(task -> task.attempt() == 1);
    assertThat(done.warnings()).containsExactly("unknown word: zork");
    for (int i = 0; i < 2; i++) {
      assertThat(PngCodec.decode(farm.image(done, "sr", i))).isEqualTo(direct(spec, i, 5));
    }
    assertThat(farm.image(done, "sr", 0)).isNotEqualTo(farm.image(done, "sr", 1));
  }

  @Test
  void job_drawnTwice_givesEqualFiles() throws Exception {
    farm.startAll();
    JobSpec spec = FarmFixture.spec(PROMPT, 1, 41, "{\"rows\":5}");

    JobSnapshot one = farm.awaitState(farm.submit(spec), JobState.SUCCEEDED);
    JobSnapshot two = farm.awaitState(farm.submit(spec), JobState.SUCCEEDED);

    for (String stage : List.of("base", "sr")) {
      assertThat(farm.image(one, stage, 0)).isEqualTo(farm.image(two, stage, 0));
    }
  }

  @Test
  void image_inCompanyThatJoinedLater_isTheOneDrawnAlone() throws Exception {
    farm.startAll();
    JobSpec spec = FarmFixture.spec(PROMPT, 1, 5, "{\"rows\":600}");
    JobSnapshot alone = farm.awaitState(farm.submit(spec), JobState.SUCCEEDED);
    assertThat(farm.baseRunner.largestCompany()).isEqualTo(1);

    farm.baseRunner.gate();
    String job = farm.submit(spec);
    farm.baseRunner.permit(3);
    farm.await("three rows", () -> farm.baseRunner.ticks() == 600 + 3);
    String company = farm.submit(FarmFixture.spec("something else", 2, 77, "{\"rows\":60}"));
    farm.await("company", this::oneMoreRowInCompanyOfThree);
    farm.baseRunner.open();

    JobSnapshot done = farm.awaitState(job, JobState.SUCCEEDED);
    farm.awaitState(company, JobState.SUCCEEDED);
    assertThat(farm.baseRunner.largestCompany()).isEqualTo(3);
    assertThat(farm.image(done, "base", 0)).isEqualTo(farm.image(alone, "base", 0));
    assertThat(farm.image(done, "sr", 0)).isEqualTo(farm.image(alone, "sr", 0));
  }

  @Test
  void job_ofMoreImagesThanSlots_isDrawnWhole() throws Exception {
    farm.startAll();
    farm.baseRunner.gate();
    String job = farm.submit(FarmFixture.spec(PROMPT, 13, 3, "{\"rows\":50}"));

    farm.await(
        "samples side by side",
        () -> {
          farm.baseRunner.permit(1);
          return farm.baseRunner.largestCompany() > 1;
        });
    farm.baseRunner.open();

    assertThat(farm.awaitState(job, JobState.SUCCEEDED).state()).isEqualTo(JobState.SUCCEEDED);
    assertThat(farm.baseRunner.largestCompany()).isLessThanOrEqualTo(4);
  }

  @Test
  void job_cancelledMidRun_endsAndItsSampleLeaves() throws Exception {
    farm.startAll();
    farm.baseRunner.gate();
    String job = farm.submit(FarmFixture.spec(PROMPT, 1, 1, "{\"rows\":1000}"));
    farm.baseRunner.permit(2);
    farm.await("two rows", () -> farm.baseRunner.ticks() == 2);

    farm.jobs().cancel(FarmFixture.TENANT, job).await(30, TimeUnit.SECONDS);

    assertThat(farm.awaitState(job, JobState.CANCELLED).state()).isEqualTo(JobState.CANCELLED);
    farm.baseRunner.open();
    JobSnapshot next =
        farm.awaitState(
            farm.submit(FarmFixture.spec(PROMPT, 1, 1, "{\"rows\":2}")), JobState.SUCCEEDED);
    assertThat(farm.baseRunner.ticks())
        .as("2 rows, the one under way, 2 rows")
        .isEqualTo(2 + 1 + 2);
    assertThat(next.state()).isEqualTo(JobState.SUCCEEDED);
  }

  @Test
  void task_whoseSettingsNoRunCanUse_failsTheJobWithTheReason() throws Exception {
    farm.startAll();

    JobSnapshot failed =
        farm.awaitState(
            farm.submit(FarmFixture.spec(PROMPT, 1, 1, "{\"rows\":0}")), JobState.FAILED);

    assertThat(failed.state()).isEqualTo(JobState.FAILED);
    assertThat(failed.error()).contains("rows: 0");
  }

  @Test
  void liveEvents_areConflated_andShowSmallPictures() throws Exception {
    farm.worker(farm.text, FarmFixture.config()).start().await(30, TimeUnit.SECONDS);
    farm.worker(farm.base, FarmFixture.config().withPreviewInterval(Duration.ofMillis(1)))
        .start()
        .await(30, TimeUnit.SECONDS);
    farm.baseRunner.gate();
    long start = System.nanoTime();
    String job = farm.submit(FarmFixture.spec(PROMPT, 1, 1, "{\"rows\":3000}"));
    farm.await(
        "a preview",
        () -> {
          farm.baseRunner.permit(1);
          return !live(JobEvent.TASK_PREVIEW).isEmpty();
        });
    farm.baseRunner.open();
    farm.awaitJob(job, each -> each.tasks().get(1).state() == TaskState.DONE);
    double seconds = (System.nanoTime() - start) / 1e9;

    List<JobEvent> progress = live(JobEvent.TASK_PROGRESS);
    assertThat(progress).isNotEmpty().hasSizeLessThan((int) (seconds * 10) + 2);
    assertThat(progress.get(0).data().path("total").asInt()).isEqualTo(3000);
    JobEvent preview = live(JobEvent.TASK_PREVIEW).get(0);
    assertThat(preview.job()).isEqualTo(job);
    assertThat(preview.seq()).isNull();
    byte[] png = java.util.Base64.getDecoder().decode(preview.data().path("png").asText());
    assertThat(PngCodec.decode(png).shape()).containsExactly(3, 8, 8);
  }

  @Test
  void handOver_ofWarmStages_neverWaitsForAPoll() throws Exception {
    farm.shareCache();
    farm.startAll();
    for (int i = 0; i < 40; i++) {
      farm.awaitState(
          farm.submit(FarmFixture.spec(PROMPT, 1, i, "{\"rows\":3}")), JobState.SUCCEEDED);
      if (i < 10) {
        farm.traces.clear();
      }
    }
    List<Double> gaps = handOverMillis();
    double median = gaps.get(gaps.size() / 2);
    System.out.printf(
        "hand-over over %d pairs: p50 %.1f ms, p90 %.1f ms%n",
        gaps.size(), median, gaps.get(gaps.size() * 9 / 10));

    assertThat(gaps).hasSizeGreaterThanOrEqualTo(58);
    assertThat(median).as("p50 in ms; the shortest poll waits 500").isLessThan(400);
  }

  private boolean oneMoreRowInCompanyOfThree() {
    farm.baseRunner.permit(1);
    return farm.baseRunner.largestCompany() == 3;
  }

  private List<Double> handOverMillis() {
    Map<String, TaskTrace> byTask = new TreeMap<>();
    farm.traces.forEach(trace -> byTask.put(trace.id().job() + trace.id().stage(), trace));
    List<Double> gaps = new ArrayList<>();
    for (TaskTrace trace : byTask.values()) {
      String before = Map.of("base", "text", "sr", "base").get(trace.id().stage());
      TaskTrace previous = before == null ? null : byTask.get(trace.id().job() + before);
      if (previous != null) {
        gaps.add((trace.firstRow() - previous.lastRow()) / 1e6);
      }
    }
    gaps.sort(null);
    return gaps;
  }

  private List<JobEvent> live(String type) {
    return farm.live.stream().filter(event -> event.type().equals(type)).toList();
  }

  private static HostTensor direct(JobSpec spec, int image, int baseRows) {
    StageValue prompt = new StageValue.Text(spec.prompt());
    StageValue embedding =
        run(FakeRunner.Kind.TENSORS, "text", spec.seed(), 1, Map.of("prompt", prompt));
    long seed = spec.seed() + image;
    StageValue base =
        run(FakeRunner.Kind.IMAGE, "base", seed, baseRows, Map.of("embedding", embedding));
    StageValue sr =
        run(
            FakeRunner.Kind.IMAGE,
            "sr",
            seed,
            3,
            Map.of("embedding", embedding, "image", throughPng(base)));
    return ((StageValue.Image) throughPng(sr)).pixels();
  }

  private static StageValue run(
      FakeRunner.Kind kind, String stage, long seed, int rows, Map<String, StageValue> inputs) {
    try (FakeRunner runner = new FakeRunner(kind)) {
      Sample sample =
          runner.begin(
              new SampleRequest(
                  stage, seed, FarmFixture.object("{\"rows\":" + rows + "}"), inputs));
      while (!sample.done()) {
        runner.advance(List.of(sample));
      }
      return sample.outputs().values().iterator().next();
    }
  }

  private static StageValue throughPng(StageValue image) {
    byte[] png = PngCodec.encode(((StageValue.Image) image).pixels(), Map.of());
    return new StageValue.Image(PngCodec.decode(png));
  }
}
