package dev.cascadefarm.diffusion.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.cascadefarm.diffusion.noise.CounterNoise;
import dev.cascadefarm.diffusion.parity.Fixture;
import dev.cascadefarm.diffusion.stage.HostTensor;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ResizeTest {
  @ParameterizedTest
  @CsvSource({"16, 64", "64, 16", "16, 32", "100, 64"})
  void apply_stripes_resizeRightsMatrix(int in, int out) {
    float[] recorded = Fixture.tensors("resize").get(in + "-" + out).data();
    float[] matrix = matrix(in, out);
    assertThat(Fixture.difference(matrix, recorded)).isLessThan(1e-6);
    recorded[in / 2 + 1] += 1e-4f;
    assertThat(Fixture.difference(matrix, recorded)).isGreaterThan(1e-6);
  }

  /** The columns of W, from pictures with one bright row each. */
  private static float[] matrix(int in, int out) {
    Resize resize = new Resize(in, out);
    float[] matrix = new float[out * in];
    for (int k = 0; k < in; k++) {
      float[] stripe = new float[in * in];
      Arrays.fill(stripe, k * in, (k + 1) * in, 1);
      float[] resized = resize.apply(HostTensor.of(stripe, 1, in, in)).data();
      for (int y = 0; y < out; y++) {
        matrix[y * in + k] = resized[y * out];
      }
    }
    return matrix;
  }

  @ParameterizedTest
  @CsvSource({"16, 64", "64, 16", "7, 3", "3, 7", "1, 5", "5, 1", "2, 64"})
  void apply_constantPicture_staysConstant(int in, int out) {
    float[] grey = new float[3 * in * in];
    Arrays.fill(grey, 0.625f);
    HostTensor resized = new Resize(in, out).apply(HostTensor.of(grey, 3, in, in));
    assertThat(resized.shape()).containsExactly(3, out, out);
    for (float each : resized.data()) {
      assertThat(each).isCloseTo(0.625f, within(1e-6f));
    }
  }

  @Test
  void apply_sameSide_identity() {
    HostTensor picture = HostTensor.of(new CounterNoise(1, "t", "t").normals(0, 75), 3, 5, 5);
    assertThat(new Resize(5, 5).apply(picture)).isEqualTo(picture);
  }

  @Test
  void apply_transposedPicture_transposedResult() {
    float[] picture = new CounterNoise(2, "t", "t").normals(0, 64);
    float[] straight = new Resize(8, 20).apply(HostTensor.of(picture, 1, 8, 8)).data();
    float[] turned = new Resize(8, 20).apply(HostTensor.of(transpose(picture, 8), 1, 8, 8)).data();
    assertThat(Fixture.difference(transpose(turned, 20), straight)).isLessThan(1e-6);
  }

  private static float[] transpose(float[] square, int side) {
    float[] turned = new float[square.length];
    for (int i = 0; i < square.length; i++) {
      turned[i % side * side + i / side] = square[i];
    }
    return turned;
  }

  @Test
  void apply_otherShape_refused() {
    Resize resize = new Resize(4, 8);
    assertThatThrownBy(() -> resize.apply(HostTensor.of(new float[60], 3, 4, 5)))
        .hasMessageContaining("expected: C×4×4");
    assertThatThrownBy(() -> resize.apply(HostTensor.of(new float[16], 4, 4)))
        .hasMessageContaining("expected: C×4×4");
    assertThatThrownBy(() -> new Resize(0, 8)).hasMessageContaining("sides: 0, 8");
  }
}
