package dev.cascadefarm.diffusion.unclip;

import static org.assertj.core.api.Assertions.assertThat;

import dev.cascadefarm.diffusion.engine.TorchModule;
import dev.cascadefarm.diffusion.engine.TorchModule.Input;
import dev.cascadefarm.diffusion.engine.TorchModule.Mode;
import dev.cascadefarm.diffusion.graph.Graph;
import dev.cascadefarm.diffusion.parity.Fixture;
import dev.cascadefarm.diffusion.stage.HostTensor;
import dev.cascadefarm.diffusion.weights.Initialization;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/** What the unCLIP fixtures hold, recorded by {@code src/test/python/record_unclip_fixtures.py}. */
final class Recorded {
  static final int BATCH = 5;
  static final int LENGTH = 24;
  static final int SIDE = 8;
  static final int LATENT = 32;
  static final int TIMES = 50;

  /** A gradient this much smaller than the largest of the model is only rounding. */
  private static final double NEGLIGIBLE = 1e-3;

  private Recorded() {}

  static HostTensor of(Map<String, HostTensor> tensors, String name) {
    return Objects.requireNonNull(tensors.get(name), name);
  }

  static Input input(Map<String, HostTensor> tensors, String name) {
    return new Input.Floats(of(tensors, name));
  }

  static Input longs(HostTensor ids) {
    long[] numbers = new long[ids.data().length];
    for (int i = 0; i < numbers.length; i++) {
      numbers[i] = (long) ids.data()[i];
    }
    return new Input.Longs(ids.shape(), numbers);
  }

  static int[] ints(HostTensor tensor) {
    int[] ints = new int[tensor.data().length];
    for (int i = 0; i < ints.length; i++) {
      ints[i] = (int) tensor.data()[i];
    }
    return ints;
  }

  static Input same(float number) {
    float[] numbers = new float[BATCH];
    Arrays.fill(numbers, number);
    return new Input.Floats(HostTensor.of(numbers, BATCH));
  }

  /**
   * Of the loss, and of each gradient as a share of its largest number.
   *
   * @param expected {@code loss} and {@code grad.PATH} for every weight
   */
  static Map<String, Double> differences(
      Graph graph,
      Map<String, HostTensor> weights,
      List<Input> inputs,
      Map<String, HostTensor> expected) {
    Initialization.requireFit(graph, weights, "fixture");
    double floor = NEGLIGIBLE * largest(expected);
    Map<String, Double> differences = new LinkedHashMap<>();
    try (TorchModule module = TorchModule.load(graph, weights, "cpu", Mode.TRAINABLE)) {
      float loss =
          module.gradient(
              "loss",
              inputs,
              (path, gradient) -> {
                HostTensor recorded = of(expected, "grad." + path);
                differences.put(path, Fixture.relativeDifference(gradient, recorded.data(), floor));
              });
      differences.put("loss", Math.abs((double) loss - of(expected, "loss").data()[0]));
    }
    assertThat(differences).as("loss and gradients").hasSize(expected.size());
    return differences;
  }

  private static double largest(Map<String, HostTensor> expected) {
    return expected.entrySet().stream()
        .filter(each -> each.getKey().startsWith("grad."))
        .mapToDouble(each -> Fixture.largest(each.getValue().data()))
        .max()
        .orElseThrow();
  }

  /** Loss within 1e-5, gradients within 1e-4. */
  static void assertEqual(Map<String, Double> differences) {
    differences.forEach(
        (path, difference) ->
            assertThat(difference).as(path).isLessThan(path.equals("loss") ? 1e-5 : 1e-4));
  }

  /** Calls a method without gradients. */
  static List<HostTensor> call(
      Graph graph, Map<String, HostTensor> weights, String method, List<Input> inputs) {
    try (TorchModule module = TorchModule.load(graph, weights, "cpu", Mode.FROZEN)) {
      return module.call(method, inputs);
    }
  }

  /** Rows brought to length √D, in doubles. */
  static float[] scaled(HostTensor rows) {
    int width = (int) rows.shape()[1];
    float[] scaled = new float[rows.data().length];
    for (int start = 0; start < scaled.length; start += width) {
      double square = 0;
      for (int i = start; i < start + width; i++) {
        square += (double) rows.data()[i] * rows.data()[i];
      }
      for (int i = start; i < start + width; i++) {
        scaled[i] = (float) (rows.data()[i] * Math.sqrt(width / square));
      }
    }
    return scaled;
  }
}
