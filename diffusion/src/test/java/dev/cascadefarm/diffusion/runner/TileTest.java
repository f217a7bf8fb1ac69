package dev.cascadefarm.diffusion.runner;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.cascadefarm.diffusion.stage.HostTensor;
import dev.cascadefarm.diffusion.stage.StageException;
import org.junit.jupiter.api.Test;

class TileTest {
  @Test
  void whole_pictureOfTiles_isTheCornerEverywhere() {
    HostTensor picture = picture(1, 3, 64, 160);
    HostTensor whole = Tile.of(picture).orElseThrow().whole();
    assertThat(whole.shape()).containsExactly(1, 3, 64, 160);
    for (int channel = 0; channel < 3; channel++) {
      for (int y = 0; y < 64; y++) {
        for (int x = 0; x < 160; x++) {
          int at = (channel * 64 + y) * 160 + x;
          int corner = (channel * 64 + y % 32) * 160 + x % 32;
          assertThat(whole.data()[at]).isEqualTo(picture.data()[corner]);
        }
      }
    }
    assertThat(Tile.of(whole).orElseThrow().whole()).isEqualTo(whole);
  }

  @Test
  void of_smallOrOfOtherSides_empty() {
    assertThat(Tile.of(picture(1, 3, 64, 64))).isEmpty();
    assertThat(Tile.of(picture(1, 3, 80, 96))).isEmpty();
    assertThat(Tile.of(HostTensor.of(new float[32 * 32 * 32], 32, 32, 32))).isEmpty();
  }

  @Test
  void tile_notAPicture_refused() {
    HostTensor two = HostTensor.of(new float[2], 2);
    assertThatThrownBy(() -> new Tile(two, two))
        .isInstanceOf(StageException.class)
        .hasMessage(
            "tile: HostTensor[2], HostTensor[2] times (expected: a picture, and two numbers)");
  }

  private static HostTensor picture(long... shape) {
    int size = 1;
    for (long each : shape) {
      size *= (int) each;
    }
    float[] values = new float[size];
    for (int i = 0; i < size; i++) {
      values[i] = i;
    }
    return new HostTensor(shape, values);
  }
}
