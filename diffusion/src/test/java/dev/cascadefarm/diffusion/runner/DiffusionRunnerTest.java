package dev.cascadefarm.diffusion.runner;

import static dev.cascadefarm.diffusion.runner.TinyStages.caption;
import static dev.cascadefarm.diffusion.runner.TinyStages.request;
import static dev.cascadefarm.diffusion.runner.TinyStages.settings;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.cascadefarm.diffusion.engine.EngineThread;
import dev.cascadefarm.diffusion.parity.Fixture;
import dev.cascadefarm.diffusion.sampler.Sampler;
import dev.cascadefarm.diffusion.stage.HostTensor;
import dev.cascadefarm.diffusion.stage.InvalidSampleException;
import dev.cascadefarm.diffusion.stage.Sample;
import dev.cascadefarm.diffusion.stage.SampleRequest;
import dev.cascadefarm.diffusion.stage.StageRunner;
import dev.cascadefarm.diffusion.stage.StageValue;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

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
  void begin_pictureToDrawOver_fewerRowsAndTheMoreOfItTheLessStrength() {
    try (StageRunner runner = runner(1)) {
      float[] grey = new float[3 * 64];
      Arrays.fill(grey, 0.25f);
      SampleRequest over = over(1, HostTensor.of(grey, 3, 8, 8));
      float[] strong = alone(runner, over);
      float[] weak = alone(runner, over(0.2, HostTensor.of(grey, 3, 8, 8)));
      assertThat(runner.begin(over).rowsTotal()).isEqualTo(5);
      assertThat(distance(weak, grey)).isLessThan(distance(strong, grey));
      Sample one = runner.begin(over(0.2, HostTensor.of(grey, 3, 8, 8)));
      assertThat(one.rowsTotal()).isEqualTo(1);
      assertThat(alone(runner, over(0.2, HostTensor.of(new float[3 * 64], 3, 8, 8))))
          .isNotEqualTo(weak);
      for (double strength : new double[] {0, 0.1, 1.5, Double.NaN}) {
        assertThatThrownBy(() -> runner.begin(over(strength, HostTensor.of(grey, 3, 8, 8))))
            .isInstanceOf(InvalidSampleException.class)
            .hasMessageStartingWith("strength: " + strength);
      }
    }
  }

  private static SampleRequest over(double strength, HostTensor picture) {
    Map<String, StageValue> inputs =
        Map.of("embeds", caption(1), "image", new StageValue.Image(picture));
    return new SampleRequest("base", 11, settings(5, 1).put("strength", strength), inputs);
  }

  private static double distance(float[] a, float[] b) {
    double sum = 0;
    for (int i = 0; i < a.length; i++) {
      sum += Math.abs(a[i] - b[i]);
    }
    return sum;
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

  /** All samplers, each at another row, guided and not, in and out of one batch. */
  @ParameterizedTest
  @ValueSource(ints = {1, 3})
  void advance_everySamplerInOneBatch_asAlone(int samplesPerCall) {
    double allowed = samplesPerCall == 1 ? 0 : 1e-5;
    try (StageRunner runner = withHistory(samplesPerCall)) {
      List<SampleRequest> requests =
          Sampler.NAMES.stream().map(name -> sampledBy(name, 5)).toList();
      List<Sample> running = new ArrayList<>();
      List<Sample> all = new ArrayList<>();
      for (SampleRequest request : requests) {
        Sample sample = runner.begin(request);
        all.add(sample);
        running.add(0, sample);
        running.removeIf(Sample::done);
        runner.advance(running);
      }
      for (int i = 0; i < 3 * 5; i++) {
        running.removeIf(Sample::done);
        runner.advance(running);
      }
      for (int i = 0; i < requests.size(); i++) {
        float[] alone = alone(runner, requests.get(i));
        assertThat(Fixture.difference(pixels(all.get(i)), alone))
            .as(Sampler.NAMES.get(i))
            .isLessThanOrEqualTo(allowed);
      }
    }
  }

  private static int rows(String name, int steps) {
    return switch (name) {
      case "heun" -> 2 * steps - 1;
      case "pndm" -> steps + 1;
      case "pndm_prk" -> steps + 9;
      default -> steps;
    };
  }

  /** But for Euler's methods, which are DDIM and DDPM in other units. */
  @Test
  void begin_everySampler_aPictureOfItsOwnInItsRows() {
    try (StageRunner runner = withHistory(1)) {
      List<float[]> pictures = new ArrayList<>();
      for (String name : Sampler.NAMES) {
        assertThat(runner.begin(solvedBy(name, 5)).rowsTotal()).as(name).isEqualTo(rows(name, 5));
        float[] picture = alone(runner, solvedBy(name, 5));
        long twins = pictures.stream().filter(p -> Fixture.difference(p, picture) < 1e-3).count();
        assertThat(twins).as(name).isEqualTo(name.startsWith("euler") ? 1 : 0);
        pictures.add(picture);
      }
    }
  }

  /** They integrate one equation, so with steps enough they meet. */
  @Test
  void advance_manySteps_solversAgree() {
    try (StageRunner runner = withHistory(1)) {
      float[] ddim = alone(runner, solvedBy("ddim", 99));
      for (String name : List.of("dpmpp_2m", "euler", "heun", "lms", "unipc")) {
        assertThat(Fixture.difference(alone(runner, solvedBy(name, 99)), ddim))
            .as(name)
            .isLessThan(0.05);
      }
      assertThat(Fixture.difference(alone(runner, solvedBy("euler_ancestral", 99)), ddim))
          .isGreaterThan(0.1);
    }
  }

  @Test
  void begin_samplerOfMoreHistoryThanTheBundles_refused() {
    try (StageRunner runner = runner(1)) {
      assertThatThrownBy(() -> runner.begin(sampledBy("unipc", 5)))
          .isInstanceOf(InvalidSampleException.class)
          .hasMessage("history: 0 (expected: >= 2 for this sampler)");
    }
  }

  private static SampleRequest sampledBy(String name, int steps) {
    double guidance = name.length() % 2 == 0 ? 3 : 1;
    ObjectNode settings = settings(steps, guidance).put("sampler", name).put("spacing", "linspace");
    return request(name.hashCode(), settings, caption(name.length() % 5));
  }

  private static SampleRequest solvedBy(String name, int steps) {
    ObjectNode settings = settings(steps, 1).put("sampler", name).put("eta", 0);
    return request(11, settings.put("threshold", "none"), caption(1));
  }

  private StageRunner withHistory(int samplesPerCall) {
    Path bundle = folder.resolve("history" + samplesPerCall);
    return new TorchStageLoader()
        .load(
            TinyStages.diffusion(
                bundle,
                TinyStages.unet(false),
                TinyStages.BASE_SIDE,
                Sampler.MOST_HISTORY,
                samplesPerCall),
            "cpu");
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
