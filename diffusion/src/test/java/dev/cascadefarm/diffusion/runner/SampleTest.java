package dev.cascadefarm.diffusion.runner;

import static org.assertj.core.api.Assertions.assertThat;

import dev.cascadefarm.diffusion.stage.HostTensor;
import org.junit.jupiter.api.Test;

class SampleTest {
  @Test
  void of_picture_spacedOverAllOfIt() {
    float[] values = new float[3 * 256 * 256];
    for (int i = 0; i < values.length; i++) {
      values[i] = i;
    }
    float[] some = Sample.of(HostTensor.of(values, 1, 3, 256, 256)).data();
    assertThat(some).hasSizeBetween(10_000, 16_384).startsWith(0, 13, 26);
    assertThat(some[some.length - 1]).isGreaterThan(values.length - 14);
  }
}
