package dev.cascadefarm.diffusion.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.cascadefarm.diffusion.parity.Fixture;
import dev.cascadefarm.diffusion.stage.HostTensor;
import java.util.Arrays;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Against {@code torch.optim.AdamW} of PyTorch 2.7.1. */
class AdamTest {
  private static final Map<String, HostTensor> RECORDED = Fixture.tensors("adamw");
  private static final int SIZE = 40;

  @Test
  void step_recordedGradients_pyTorchsWeights() {
    assertThat(largestDifference(recipe(0.05))).isLessThan(1e-6);
  }

  @Test
  void step_otherWeightDecay_otherWeights() {
    assertThat(largestDifference(recipe(0.06))).isGreaterThan(1e-5);
  }

  @Test
  void step_recordedGradients_pyTorchsMoments() {
    Adam parameter = Adam.fresh(RECORDED.get("start").data());
    for (int step = 0; step < steps(); step++) {
      parameter.step(gradient(step), 1, step, recipe(0.05));
    }
    assertThat(relative(parameter.mean, RECORDED.get("mean").data())).isLessThan(2e-5);
    assertThat(relative(parameter.square, RECORDED.get("square").data())).isLessThan(2e-5);
  }

  @Test
  void step_scaledGradient_asIfItWereSmaller() {
    Adam clipped = Adam.fresh(RECORDED.get("start").data());
    Adam small = Adam.fresh(RECORDED.get("start").data());
    float[] quarter = gradient(0);
    for (int i = 0; i < SIZE; i++) {
      quarter[i] *= 0.25f;
    }
    clipped.step(gradient(0), 0.25, 0, recipe(0));
    small.step(quarter, 1, 0, recipe(0));
    assertThat(clipped.weights).isEqualTo(small.weights);
    assertThat(clipped.square).isEqualTo(small.square);
  }

  /** Computed in doubles from Adam's definition, the decay added to the gradient. */
  @Test
  void step_adam_decayGoesThroughTheMoments() {
    OptimizerConfig config =
        new OptimizerConfig(0.1, 0, 10, 1, 0.9, 0.99, 0.5, 1, 0, OptimizerConfig.Kind.ADAM);
    Adam parameter = Adam.fresh(new float[] {2}, false);
    double weight = 2;
    double mean = 0;
    double square = 0;
    for (int step = 0; step < 5; step++) {
      double gradient = 0.3 - step;
      parameter.step(new float[] {(float) gradient}, 1, step, config);
      double g = gradient + 0.5 * weight;
      mean = 0.9 * mean + 0.1 * g;
      square = 0.99 * square + 0.01 * g * g;
      double deviation = Math.sqrt(square / (1 - Math.pow(0.99, step + 1)));
      weight -= 0.1 * mean / (1 - Math.pow(0.9, step + 1)) / (deviation + 1e-8);
      assertThat(parameter.weights[0]).isCloseTo((float) weight, within(1e-5f));
    }
    assertThat(parameter.average).isSameAs(parameter.weights);
  }

  @Test
  void fresh_weights_copied() {
    float[] start = {1, 2};
    Adam parameter = Adam.fresh(start);
    parameter.step(new float[] {1, 1}, 1, 0, recipe(0));
    assertThat(start).containsExactly(1, 2);
  }

  @Test
  void step_average_youngFollowsOldRemembers() {
    Adam young = Adam.fresh(new float[] {1});
    young.step(new float[] {1}, 1, 0, recipe(0));
    assertThat(young.average[0]).isCloseTo(0.1f + 0.9f * young.weights[0], within(1e-6f));
    Adam old = Adam.fresh(new float[] {1});
    old.step(new float[] {1}, 1, 1_000_000, recipe(0));
    assertThat(old.average[0]).isCloseTo(0.99f + 0.01f * old.weights[0], within(1e-6f));
  }

  private static double largestDifference(OptimizerConfig config) {
    Adam parameter = Adam.fresh(RECORDED.get("start").data());
    double largest = 0;
    for (int step = 0; step < steps(); step++) {
      parameter.step(gradient(step), 1, step, config);
      float[] expected = row(RECORDED.get("history"), step);
      largest = Math.max(largest, Fixture.difference(parameter.weights, expected));
    }
    return largest;
  }

  private static OptimizerConfig recipe(double weightDecay) {
    return new OptimizerConfig(3e-3, 0, 100, 1, 0.9, 0.99, weightDecay, 1, 0.99);
  }

  private static int steps() {
    return (int) RECORDED.get("gradients").shape()[0];
  }

  private static float[] gradient(int step) {
    return row(RECORDED.get("gradients"), step);
  }

  private static float[] row(HostTensor tensor, int row) {
    return Arrays.copyOfRange(tensor.data(), row * SIZE, (row + 1) * SIZE);
  }

  private static double relative(float[] actual, float[] expected) {
    double largest = 0;
    for (int i = 0; i < actual.length; i++) {
      double error = Math.abs((double) actual[i] - expected[i]);
      largest = Math.max(largest, error / (Math.abs(expected[i]) + 1e-9));
    }
    return largest;
  }
}
