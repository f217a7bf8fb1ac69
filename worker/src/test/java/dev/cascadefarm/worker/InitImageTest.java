package dev.cascadefarm.worker;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;

import dev.cascadefarm.common.cascade.RequestField;
import dev.cascadefarm.common.cascade.StageBundle.Per;
import dev.cascadefarm.common.job.JobPlan;
import dev.cascadefarm.common.job.JobSpec;
import dev.cascadefarm.common.job.JobState;
import dev.cascadefarm.common.job.PlannedStage;
import dev.cascadefarm.common.queue.JobSnapshot;
import dev.cascadefarm.common.store.Artifact;
import dev.cascadefarm.common.store.PictureKeys;
import dev.cascadefarm.common.store.StoreConfig;
import dev.cascadefarm.diffusion.stage.HostTensor;
import dev.cascadefarm.diffusion.stage.Sample;
import dev.cascadefarm.diffusion.stage.SampleRequest;
import dev.cascadefarm.diffusion.stage.StageValue;
import dev.cascadefarm.testing.RedisExtension;
import dev.cascadefarm.testing.StoreExtension;
import dev.cascadefarm.testing.TestRedis;
import dev.cascadefarm.testing.TestStore;
import dev.cascadefarm.worker.image.PngCodec;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** A stage that takes the picture its job was given. */
@Tag("integration")
@ExtendWith({RedisExtension.class, StoreExtension.class})
class InitImageTest {
  private static final String JOB = UUID.randomUUID().toString();
  private static final String SETTINGS = "{\"rows\":3}";

  private FarmFixture farm;

  @BeforeEach
  void open(TestRedis redis, TestStore store, @TempDir Path folder) throws Exception {
    farm =
        new FarmFixture(
            redis,
            StoreConfig.of(store.endpoint(), store.accessKey(), store.secretKey(), "init-image"),
            folder);
    farm.startAll();
  }

  @AfterEach
  void close() throws Exception {
    farm.close();
  }

  @Test
  void job_withPicture_stageDrawsFromIt() throws Exception {
    byte[] png = PngCodec.encode(picture(), Map.of());
    String sha256 = give(png);

    JobSnapshot done = farm.awaitState(farm.submit(JOB, spec(sha256), plan()), JobState.SUCCEEDED);

    assertThat(done.state()).isEqualTo(JobState.SUCCEEDED);
    assertThat(PngCodec.decode(farm.image(done, "sr", 0)))
        .isEqualTo(direct(Map.of("image", new StageValue.Image(PngCodec.decode(png)))))
        .isNotEqualTo(direct(Map.of()));
  }

  @Test
  void job_withoutPictureForOptionalInput_stageDrawsWithoutOne() throws Exception {
    JobSnapshot done = farm.awaitState(farm.submit(JOB, spec(null), plan()), JobState.SUCCEEDED);

    assertThat(PngCodec.decode(farm.image(done, "sr", 0))).isEqualTo(direct(Map.of()));
  }

  @Test
  void job_whosePictureIsAnother_isNotDrawnFromIt() throws Exception {
    give(PngCodec.encode(picture(), Map.of()));

    farm.submit(JOB, spec("0".repeat(64)), plan());
    farm.awaitJob(JOB, job -> job.tasks().get(0).error() != null);

    assertThat(farm.job(JOB).tasks().get(0).error())
        .contains(
            PictureKeys.given(FarmFixture.TENANT, JOB, RequestField.INIT_IMAGE), "0".repeat(64));
    assertThat(farm.srRunner.ticks()).isZero();
  }

  private String give(byte[] png) throws Exception {
    Artifact copy =
        farm.store
            .put(
                PictureKeys.given(FarmFixture.TENANT, JOB, RequestField.INIT_IMAGE),
                png,
                "image/png")
            .await(30, SECONDS);
    return copy.sha256();
  }

  private static HostTensor picture() {
    float[] data = new float[3 * 8 * 8];
    for (int i = 0; i < data.length; i++) {
      data[i] = i % 7 / 6f;
    }
    return HostTensor.of(data, 3, 8, 8);
  }

  private JobPlan plan() {
    return new JobPlan(
        List.of(
            new PlannedStage(
                "sr",
                farm.sr.id(),
                farm.sr.digest(),
                Per.IMAGE,
                Map.of("image", "request.init_image"),
                List.of())));
  }

  private static JobSpec spec(@Nullable String sha256) {
    return new JobSpec(
        "tiny@1", "x", null, null, sha256, null, 1, 5, Map.of("sr", FarmFixture.object(SETTINGS)));
  }

  private static HostTensor direct(Map<String, StageValue> inputs) {
    try (FakeRunner runner = new FakeRunner(FakeRunner.Kind.IMAGE)) {
      Sample sample =
          runner.begin(new SampleRequest("sr", 5, FarmFixture.object(SETTINGS), inputs));
      while (!sample.done()) {
        runner.advance(List.of(sample));
      }
      StageValue.Image drawn = (StageValue.Image) sample.outputs().get("image");
      return PngCodec.decode(PngCodec.encode(drawn.pixels(), Map.of()));
    }
  }
}
