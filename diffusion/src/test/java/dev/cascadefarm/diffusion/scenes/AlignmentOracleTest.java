package dev.cascadefarm.diffusion.scenes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.cascadefarm.diffusion.scenes.SceneSampler.Split;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class AlignmentOracleTest {
  private static final String PAIR =
      "a large red circle above a small blue square on a black background";

  @ParameterizedTest
  @CsvSource({
    "TRAIN, 16",
    "SEEN, 16",
    "HELD_OUT, 16",
    "TRAIN, 64",
    "SEEN, 64",
    "HELD_OUT, 64",
    "TRAIN, 256",
    "SEEN, 256",
    "HELD_OUT, 256"
  })
  void judge_noisyTruth_ceiling(Split split, int side) {
    OracleReport report = report(split, side, 300, AlignmentOracleTest::noisy);
    assertThat(report.exactOne().share()).as(report.table()).isGreaterThanOrEqualTo(0.99);
    assertThat(report.exactTwo().share()).as(report.table()).isGreaterThanOrEqualTo(0.99);
    if (side >= 64) {
      assertThat(report.texture().share()).as(report.table()).isGreaterThanOrEqualTo(0.99);
    } else {
      assertThat(report.texture().trials()).isZero();
    }
  }

  @ParameterizedTest
  @CsvSource({"16", "64", "256"})
  void judge_softAndTintedTruth_stillRead(int side) {
    OracleReport report = report(Split.HELD_OUT, side, 200, AlignmentOracleTest::soft);
    assertThat(report.exact().share()).as(report.table()).isGreaterThanOrEqualTo(0.97);
  }

  @ParameterizedTest
  @CsvSource({"16", "64"})
  void judge_captionOfAnotherScene_belowHalf(int side) {
    SceneSampler sampler = new SceneSampler(5, Split.SEEN, 0.5, Textures.ALL);
    List<Verdict> verdicts = new ArrayList<>();
    for (int i = 0; i < 300; i++) {
      Reading reading = AlignmentOracle.read(ScenePicture.of(sampler.scene(i), side));
      verdicts.add(AlignmentOracle.judge(reading, sampler.scene(i + 1)));
    }
    OracleReport report = OracleReport.of(verdicts);
    assertThat(report.score()).as(report.table()).isLessThan(0.5);
    assertThat(report.exact().share()).isLessThan(0.02);
  }

  @ParameterizedTest
  @CsvSource({
    "a large red circle above a small blue square on a white background",
    "a small red circle above a small blue square on a black background",
    "a large pink circle above a small blue square on a black background",
    "a large red diamond above a small blue square on a black background",
    "a large red circle above a large blue square on a black background",
    "a large red circle above a small cyan square on a black background",
    "a large red circle above a small blue circle on a black background",
    "a large red circle below a small blue square on a black background",
    "a large red circle left of a small blue square on a black background",
    "a small blue square above a large red circle on a black background",
    "a large blue circle above a small red square on a black background",
    "a large red circle at the top on a black background"
  })
  void judge_oneThingChanged_notExact(String changed) {
    for (int side : new int[] {16, 64}) {
      ScenePicture picture = ScenePicture.of(CaptionParser.parse(PAIR), side);
      assertThat(AlignmentOracle.judge(picture, PAIR).exact()).isTrue();
      assertThat(AlignmentOracle.judge(picture, changed).exact()).isFalse();
    }
  }

  @Test
  void judge_turnedRelation_sameMeaning() {
    ScenePicture picture = ScenePicture.of(CaptionParser.parse(PAIR), 16);
    String turned = "a small blue square below a large red circle on a black background";
    assertThat(AlignmentOracle.judge(picture, turned).exact()).isTrue();
  }

  @Test
  void judge_eachAttributeOfASingle_namedAlone() {
    String caption = "a large red striped_as circle at the left on a black background";
    Reading reading = read(caption.replace("striped_as", "checkered"), 64);
    assertThat(verdict(reading, caption, "checkered").score()).isEqualTo(1);
    assertThat(verdict(reading, caption, "vertically striped").texture()).isFalse();
    assertThat(verdict(reading, caption, "vertically striped").exact()).isTrue();
    assertThat(verdict(reading, caption.replace("left", "top"), "checkered").place()).isFalse();
    assertThat(verdict(reading, caption.replace("red", "pink"), "checkered").colour()).isFalse();
    assertThat(verdict(reading, caption.replace("large", "small"), "checkered").size()).isFalse();
    assertThat(verdict(reading, caption.replace("circle", "ring"), "checkered").shape()).isFalse();
    assertThat(verdict(reading, caption.replace("black", "gray"), "checkered").background())
        .isFalse();
  }

  @ParameterizedTest
  @CsvSource({"64", "256"})
  void judge_everyOtherTexture_false(int side) {
    for (SceneObject object : AllScenes.objects().toList()) {
      if (object.shape().carriesTexture(object.size())) {
        Scene scene = new Scene(Background.GRAY, Position.RIGHT, List.of(object));
        Reading reading = AlignmentOracle.read(ScenePicture.of(scene, side));
        for (Texture texture : Texture.values()) {
          SceneObject other =
              SceneObject.of(object.shape(), object.colour(), object.size(), texture);
          Scene asked = new Scene(Background.GRAY, Position.RIGHT, List.of(other));
          assertThat(AlignmentOracle.judge(reading, asked).texture())
              .as("%s asked %s", scene, texture)
              .isEqualTo(look(texture, side) == look(object.texture(), side));
        }
      }
    }
  }

  @Test
  void read_everyObjectAtEveryPlaceWithoutNoise_exact() {
    AllScenes.singles()
        .filter(s -> s.objects().get(0).texture() == Texture.PLAIN)
        .forEach(
            scene -> {
              Reading reading = AlignmentOracle.read(ScenePicture.of(scene, 16));
              Verdict verdict = AlignmentOracle.judge(reading, scene);
              assertThat(verdict.exact()).as("%s read as %s", scene, reading).isTrue();
            });
  }

  @Test
  void read_emptyAndNoisePictures_noSceneSeen() {
    float[] empty = new float[3 * 16 * 16];
    assertThat(AlignmentOracle.read(ScenePicture.of(empty, 16)).count()).isZero();
    Random random = new Random(3);
    float[] noise = new float[3 * 16 * 16];
    for (int i = 0; i < noise.length; i++) {
      noise[i] = random.nextFloat();
    }
    assertThat(AlignmentOracle.judge(ScenePicture.of(noise, 16), PAIR).exact()).isFalse();
  }

  @Test
  void judge_strayThirdBlob_countFalse() {
    float[] pixels = SceneRenderer.render(CaptionParser.parse(PAIR), 16);
    for (int channel = 0; channel < 3; channel++) {
      for (int i = 0; i < 9; i++) {
        pixels[channel * 256 + (12 + i / 3) * 16 + 1 + i % 3] = 0.9f;
      }
    }
    Verdict verdict = AlignmentOracle.judge(ScenePicture.of(pixels, 16), PAIR);
    assertThat(verdict.count()).isFalse();
    assertThat(verdict.exact()).isFalse();
  }

  @Test
  void read_oddSide_refused() {
    assertThatThrownBy(() -> AlignmentOracle.read(ScenePicture.of(new float[3 * 17 * 17], 17)))
        .hasMessage("side: 17 (expected: a multiple of 16)");
  }

  private interface Spoiler {
    ScenePicture spoil(float[] pixels, int side, Random random);
  }

  private static OracleReport report(Split split, int side, int count, Spoiler spoiler) {
    SceneSampler sampler = new SceneSampler(21, split, 0.5, Textures.ALL);
    Random random = new Random(side);
    List<Verdict> verdicts = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      Scene scene = sampler.scene(i);
      ScenePicture picture = spoiler.spoil(SceneRenderer.render(scene, side), side, random);
      verdicts.add(AlignmentOracle.judge(picture, CaptionGrammar.caption(scene)));
    }
    return OracleReport.of(verdicts);
  }

  private static ScenePicture noisy(float[] pixels, int side, Random random) {
    for (int i = 0; i < pixels.length; i++) {
      pixels[i] += (float) (0.03 * random.nextGaussian());
    }
    return ScenePicture.of(pixels, side);
  }

  /** Edges blurred by a quarter with their neighbours, colours drawn 8 % to gray, and noise. */
  private static ScenePicture soft(float[] pixels, int side, Random random) {
    float[] soft = new float[pixels.length];
    for (int i = 0; i < pixels.length; i++) {
      int x = i % side;
      int y = i / side % side;
      int left = x > 0 ? i - 1 : i;
      int right = x < side - 1 ? i + 1 : i;
      int up = y > 0 ? i - side : i;
      int down = y < side - 1 ? i + side : i;
      float around = (pixels[left] + pixels[right] + pixels[up] + pixels[down]) / 4;
      soft[i] = 0.92f * (0.75f * pixels[i] + 0.25f * around) + 0.04f;
    }
    return noisy(soft, side, random);
  }

  private static Texture look(Texture texture, int side) {
    return texture.fine() && side < 256 ? Texture.PLAIN : texture;
  }

  private static Reading read(String caption, int side) {
    return AlignmentOracle.read(ScenePicture.of(CaptionParser.parse(caption), side));
  }

  private static Verdict verdict(Reading reading, String caption, String texture) {
    return AlignmentOracle.judge(
        reading, CaptionParser.parse(caption.replace("striped_as", texture)));
  }
}
