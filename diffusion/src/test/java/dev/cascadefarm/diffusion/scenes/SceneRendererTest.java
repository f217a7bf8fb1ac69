package dev.cascadefarm.diffusion.scenes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.cascadefarm.diffusion.scenes.SceneSampler.Split;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SceneRendererTest {
  private static final SceneSampler SAMPLER = new SceneSampler(11, Split.HELD_OUT, 0.5, true);

  @Test
  void render_smallSide_isAreaAverageOfCanvas() {
    for (int i = 0; i < 200; i++) {
      float[] canvas = SceneRenderer.render(SAMPLER.scene(i), 64);
      float[] small = SceneRenderer.render(SAMPLER.scene(i), 16);
      for (int p = 0; p < small.length; p++) {
        assertThat(small[p]).isCloseTo(boxAverage(canvas, p), within(1e-6f));
      }
    }
  }

  @Test
  void render_texturedAt16_equalsPlainExactly() {
    for (int i = 0; i < 200; i++) {
      Scene scene = SAMPLER.scene(i);
      assertThat(SceneRenderer.render(scene, 16)).isEqualTo(SceneRenderer.render(plain(scene), 16));
    }
  }

  @Test
  void render_anyTextureOfCarryingShapes_showsAtEveryPlace() {
    for (SceneObject object : AllScenes.objects().toList()) {
      if (object.colour() == Colour.RED
          && object.texture() != Texture.PLAIN
          && object.shape().carriesTexture(object.size())) {
        for (int offset = 0; offset < 16; offset++) {
          SceneObject moved = object.moved(offset % 4, offset / 4);
          Scene scene = new Scene(Background.BLACK, Position.CENTER, List.of(moved));
          assertThat(changedPixels(scene)).as("%s", scene).isGreaterThanOrEqualTo(16);
        }
      }
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {16, 32, 64})
  void render_everySide_withinRange(int side) {
    for (int i = 0; i < 100; i++) {
      float[] picture = SceneRenderer.render(SAMPLER.scene(i), side);
      assertThat(picture).hasSize(3 * side * side);
      for (float value : picture) {
        assertThat(value).isBetween(0f, 1f);
      }
    }
  }

  @Test
  void render_knownScenes_sameBytesEverywhere() {
    int hash = 0;
    for (int i = 0; i < 64; i++) {
      for (float value : SceneRenderer.render(SAMPLER.scene(i), 64)) {
        hash = 31 * hash + Float.floatToIntBits(value);
      }
    }
    assertThat(hash).isEqualTo(933491232);
  }

  @Test
  void render_pixelsOutsideAndInside_backgroundAndColour() {
    Scene scene = CaptionParser.parse("a large cyan square at the right on a white background");
    float[] picture = SceneRenderer.render(scene, 64);
    int corner = 0;
    int centre = 32 * 64 + 47;
    assertThat(picture[corner]).isEqualTo(1f);
    assertThat(picture[centre]).isEqualTo(0.11f);
    assertThat(picture[64 * 64 + centre]).isEqualTo(0.89f);
  }

  @Test
  void colours_anyTwo_clearlyApart() {
    for (Colour first : Colour.values()) {
      for (Colour second : Colour.values()) {
        if (first != second) {
          assertThat(distance(first, second)).as("%s %s", first, second).isGreaterThan(0.35);
        }
      }
      for (Background background : Background.values()) {
        double squares = 0;
        for (int channel = 0; channel < 3; channel++) {
          squares += Math.pow((first.level(channel) - background.level()) / 1e4, 2);
        }
        assertThat(Math.sqrt(squares)).as("%s %s", first, background).isGreaterThan(0.35);
      }
    }
  }

  @Test
  void render_unknownSide_refused() {
    assertThatThrownBy(() -> SceneRenderer.render(SAMPLER.scene(0), 17))
        .hasMessage("side: 17 (expected: 16, 32 or 64)");
  }

  private static int changedPixels(Scene scene) {
    float[] textured = SceneRenderer.render(scene, 64);
    float[] plain = SceneRenderer.render(plain(scene), 64);
    int changed = 0;
    for (int p = 0; p < 64 * 64; p++) {
      changed += textured[p] == plain[p] ? 0 : 1;
    }
    return changed;
  }

  private static Scene plain(Scene scene) {
    return new Scene(
        scene.background(),
        scene.layout(),
        scene.objects().stream()
            .map(
                o ->
                    new SceneObject(
                        o.shape(), o.colour(), o.size(), Texture.PLAIN, o.offsetX(), o.offsetY()))
            .toList());
  }

  private static float boxAverage(float[] canvas, int smallIndex) {
    int channel = smallIndex / 256;
    int y = smallIndex / 16 % 16 * 4;
    int x = smallIndex % 16 * 4;
    double sum = 0;
    for (int i = 0; i < 16; i++) {
      sum += canvas[(channel * 64 + y + i / 4) * 64 + x + i % 4];
    }
    return (float) (sum / 16);
  }

  private static double distance(Colour first, Colour second) {
    double squares = 0;
    for (int channel = 0; channel < 3; channel++) {
      squares += Math.pow((first.level(channel) - second.level(channel)) / 1e4, 2);
    }
    return Math.sqrt(squares);
  }
}
