package dev.cascadefarm.diffusion.python;

import static org.assertj.core.api.Assertions.assertThat;

import dev.cascadefarm.diffusion.parity.Fixture;
import dev.cascadefarm.diffusion.stage.HostTensor;
import java.util.List;

/**
 * How far two results are apart.
 *
 * @param largest absolute difference; NaN if one has a NaN
 * @param scale largest absolute value of the first, at least 1
 */
record Difference(double largest, double scale) {
  static Difference of(List<HostTensor> ours, List<HostTensor> theirs) {
    assertThat(theirs.stream().map(HostTensor::toString).toList())
        .isEqualTo(ours.stream().map(HostTensor::toString).toList());
    double largest = 0;
    double scale = 1;
    for (int i = 0; i < ours.size(); i++) {
      float[] data = ours.get(i).data();
      largest = Math.max(largest, Fixture.difference(data, theirs.get(i).data()));
      scale = Math.max(scale, Fixture.difference(data, new float[data.length]));
    }
    return new Difference(largest, scale);
  }

  /** As a share of the scale. */
  double relative() {
    return largest / scale;
  }
}
