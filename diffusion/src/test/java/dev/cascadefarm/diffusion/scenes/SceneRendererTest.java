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
  private static final SceneSampler SAMPLER =
      new SceneSampler(11, Split.HELD_OUT, 0.5, Textures.ALL);

  @Test
  void render_smallSide_isAreaAverageOfCanvas() {
    for (int i = 0; i < 200; i++) {
      float[] canvas = SceneRenderer.render(SAMPLER.scene(i), 64);
      float[] small = SceneRenderer.render(SAMPLER.scene(i), 16);
      for (int p = 0; p < small.length; p++) {
        assertThat(small[p]).isCloseTo(boxAverage(canvas, p, 16), within(1e-6f));
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
  void render_canvas_isAreaAverageOfPoints() {
    for (int i = 0; i < 40; i++) {
      float[] points = SceneRenderer.render(SAMPLER.scene(i), 256);
      float[] canvas = SceneRenderer.render(SAMPLER.scene(i), 64);
      for (int p = 0; p < canvas.length; p++) {
        assertThat(canvas[p]).isCloseTo(boxAverage(points, p, 64), within(1e-6f));
      }
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {16, 32, 64})
  void render_fineTexturesBelow256_equalPlainExactly(int side) {
    for (int i = 0; i < 200; i++) {
      Scene scene = SAMPLER.scene(i);
      assertThat(SceneRenderer.render(scene, side))
          .isEqualTo(SceneRenderer.render(scene.retextured(SceneRendererTest::bold), side));
    }
  }

  @Test
  void render_fineTexture_showsAt256InEveryCoveredCanvasPixel() {
    Scene scene =
        CaptionParser.parse("a large red dotted square at the center on a black background");
    float[] picture = SceneRenderer.render(scene, 256);
    int corner = 128 * 256 + 128;
    assertThat(picture[corner]).isEqualTo(1f);
    assertThat(picture[corner + 1]).isEqualTo(1f);
    assertThat(picture[corner + 2]).isEqualTo(0.78f);
    assertThat(picture[corner + 2 * 256]).isEqualTo(0.78f);
    assertThat(picture[corner + 2 * 256 + 2]).isEqualTo(1f);
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
  @ValueSource(ints = {16, 32, 64, 256})
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
    SceneSampler bold = new SceneSampler(11, Split.HELD_OUT, 0.5, Textures.BOLD);
    int hash = 0;
    for (int i = 0; i < 64; i++) {
      for (float value : SceneRenderer.render(bold.scene(i), 64)) {
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
        .hasMessage("side: 17 (expected: 16, 32, 64 or 256)");
  }

  private static int changedPixels(Scene scene) {
    int side = scene.objects().get(0).texture().fine() ? 256 : 64;
    float[] textured = SceneRenderer.render(scene, side);
    float[] plain = SceneRenderer.render(plain(scene), side);
    int changed = 0;
    for (int p = 0; p < side * side; p++) {
      changed += textured[p] == plain[p] ? 0 : 1;
    }
    return changed;
  }

  private static Scene plain(Scene scene) {
    return scene.retextured(texture -> Texture.PLAIN);
  }

  private static Texture bold(Texture texture) {
    return texture.fine() ? Texture.PLAIN : texture;
  }

  /** Mean of the 4×4 pixels of a picture under one pixel of its quarter-size version. */
  private static float boxAverage(float[] picture, int index, int side) {
    int channel = index / (side * side);
    int y = index / side % side * 4;
    int x = index % side * 4;
    double sum = 0;
    for (int i = 0; i < 16; i++) {
      sum += picture[(channel * 4 * side + y + i / 4) * 4 * side + x + i % 4];
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
