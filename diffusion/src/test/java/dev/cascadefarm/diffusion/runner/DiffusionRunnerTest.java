package dev.cascadefarm.diffusion.runner;

import static dev.cascadefarm.diffusion.runner.TinyStages.caption;
import static dev.cascadefarm.diffusion.runner.TinyStages.request;
import static dev.cascadefarm.diffusion.runner.TinyStages.settings;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.cascadefarm.diffusion.engine.EngineThread;
import dev.cascadefarm.diffusion.parity.Fixture;
import dev.cascadefarm.diffusion.stage.Sample;
import dev.cascadefarm.diffusion.stage.SampleRequest;
import dev.cascadefarm.diffusion.stage.StageRunner;
import dev.cascadefarm.diffusion.stage.StageValue;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

@Tag("engine")
@ExtendWith(EngineThread.class)
class DiffusionRunnerTest {
  private static final SampleRequest WATCHED = request(11, settings(5, 3), caption(1));

  @TempDir Path folder;

  @Test
  void advance_amongOthers_bitEqualToAlone() {
    try (StageRunner runner = runner(1)) {
      float[] alone = alone(runner, WATCHED);
      Sample early = runner.begin(request(5, settings(9, 1), caption(2)));
      runner.advance(List.of(early));
      Sample watched = runner.begin(WATCHED);
      Sample ddpm = runner.begin(request(6, settings(7, 3).put("sampler", "ddpm"), caption(3, 4)));
      runner.advance(List.of(early, watched, ddpm));
      runner.advance(List.of(ddpm, watched));
      Sample late = runner.begin(request(7, settings(4, 8).put("threshold", "none"), caption(5)));
      while (!watched.done()) {
        runner.advance(List.of(late, early, ddpm, watched));
        late = late.done() ? runner.begin(WATCHED) : late;
      }
      assertThat(pixels(watched)).isEqualTo(alone);
    }
  }

  @Test
  void advance_fourPerCall_companyIsInvisible() {
    try (StageRunner four = runner(4)) {
      float[] alone = alone(four, WATCHED);
      Sample watched = four.begin(WATCHED);
      List<Sample> all =
          List.of(
              four.begin(request(1, settings(5, 2), caption(2))),
              four.begin(request(2, settings(5, 1), caption(3))),
              watched,
              four.begin(request(3, settings(5, 9).put("sampler", "ddpm"), caption(4))),
              four.begin(request(4, settings(5, 3), caption(5, 1))),
              four.begin(request(5, settings(5, 3), caption(5))));
      while (!watched.done()) {
        four.advance(all);
      }
      assertThat(Fixture.difference(pixels(watched), alone)).isLessThan(1e-5);
      assertThat(Fixture.difference(pixels(all.get(0)), alone)).isGreaterThan(1e-2);
    }
    try (StageRunner one = runner(1)) {
      StageRunner four = runner(4);
      assertThat(Fixture.difference(alone(one, WATCHED), alone(four, WATCHED))).isLessThan(1e-5);
      four.close();
    }
  }

  @Test
  void advance_guidance_changesThePicture() {
    try (StageRunner runner = runner(1)) {
      float[] guided = alone(runner, WATCHED);
      float[] plain = alone(runner, request(11, settings(5, 1), caption(1)));
      float[] nearlyPlain = alone(runner, request(11, settings(5, 1.0001), caption(1)));
      assertThat(Fixture.difference(guided, plain)).isGreaterThan(1e-2);
      assertThat(Fixture.difference(nearlyPlain, plain)).isLessThan(1e-2);
    }
  }

  @Test
  void advance_negativePrompt_isTheOtherBranch() {
    try (StageRunner runner = runner(1)) {
      float[] guided = alone(runner, WATCHED);
      float[] negative = alone(runner, request(11, settings(5, 3), caption(1, 2)));
      float[] unguided = alone(runner, request(11, settings(5, 1), caption(1)));
      float[] ignored = alone(runner, request(11, settings(5, 1), caption(1, 2)));
      float[] against = alone(runner, request(11, settings(5, 3), caption(1, 1)));
      assertThat(Fixture.difference(negative, guided)).isGreaterThan(1e-2);
      assertThat(ignored).isEqualTo(unguided);
      assertThat(Fixture.difference(against, unguided)).isLessThan(1e-4);
    }
  }

  @Test
  void begin_otherSeedOrStage_otherPicture() {
    try (StageRunner runner = runner(1)) {
      float[] picture = alone(runner, WATCHED);
      assertThat(alone(runner, request(12, settings(5, 3), caption(1)))).isNotEqualTo(picture);
      SampleRequest elsewhere = new SampleRequest("sr", 11, settings(5, 3), WATCHED.inputs());
      assertThat(alone(runner, elsewhere)).isNotEqualTo(picture);
      assertThat(alone(runner, WATCHED)).isEqualTo(picture);
    }
  }

  @Test
  void begin_bundleWithHistory_samePicture() {
    StageRunner plain = runner(1);
    StageRunner wide =
        new TorchStageLoader()
            .load(
                TinyStages.diffusion(
                    folder.resolve("wide"), TinyStages.unet(false), TinyStages.BASE_SIDE, 2, 1),
                "cpu");
    assertThat(alone(wide, WATCHED)).isEqualTo(alone(plain, WATCHED));
    wide.close();
    plain.close();
  }

  @Test
  void sample_onItsWay_countsRowsAndShowsPreviews() {
    try (StageRunner runner = runner(1)) {
      Sample sample = runner.begin(request(1, settings(2, 1), caption(1)));
      assertThat(sample.preview()).isEmpty();
      assertThat(sample.rowsTotal()).isEqualTo(2);
      assertThatThrownBy(sample::outputs).isInstanceOf(IllegalStateException.class);
      runner.advance(List.of(sample));
      assertThat(sample.rowsDone()).isEqualTo(1);
      assertThat(sample.preview().orElseThrow().shape()).containsExactly(3, 8, 8);
      runner.advance(List.of(sample));
      assertThat(sample.done()).isTrue();
      assertThat(pixels(sample)).isEqualTo(sample.preview().orElseThrow().data());
      for (float each : pixels(sample)) {
        assertThat(each).isBetween(0f, 1f);
      }
      assertThatThrownBy(() -> runner.advance(List.of(sample)))
          .isInstanceOf(IllegalStateException.class)
          .hasMessageContaining("row 2 of 2");
    }
  }

  @Test
  void close_twice_harmless() {
    StageRunner runner = runner(1);
    runner.close();
    runner.close();
  }

  private StageRunner runner(int samplesPerCall) {
    return new TorchStageLoader()
        .load(TinyStages.base(folder.resolve("base" + samplesPerCall), samplesPerCall), "cpu");
  }

  static float[] alone(StageRunner runner, SampleRequest request) {
    Sample sample = runner.begin(request);
    while (!sample.done()) {
      runner.advance(List.of(sample));
    }
    return pixels(sample);
  }

  static float[] pixels(Sample sample) {
    return ((StageValue.Image) sample.outputs().get("image")).pixels().data();
  }
}
