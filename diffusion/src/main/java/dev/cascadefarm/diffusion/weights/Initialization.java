package dev.cascadefarm.diffusion.weights;

import dev.cascadefarm.diffusion.graph.Graph;
import dev.cascadefarm.diffusion.graph.Parameter;
import dev.cascadefarm.diffusion.noise.CounterNoise;
import dev.cascadefarm.diffusion.stage.HostTensor;
import dev.cascadefarm.diffusion.stage.StoredTensor;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/** Where a model's weights come from: fresh numbers, or a file that must fit exactly. */
public final class Initialization {
  private Initialization() {}

  /** Fresh weights: each parameter's numbers depend only on the seed and its path. */
  public static Map<String, HostTensor> random(Graph graph, long seed) {
    Map<String, HostTensor> weights = new LinkedHashMap<>();
    for (Parameter each : graph.parameters()) {
      if (each.stored()) {
        weights.put(each.path(), new HostTensor(each.shape(), values(each, seed)));
      }
    }
    return weights;
  }

  private static float[] values(Parameter parameter, long seed) {
    CounterNoise noise = new CounterNoise(seed, parameter.path(), "init");
    double scale = parameter.initializer().scale();
    float[] values = new float[parameter.size()];
    switch (parameter.initializer().kind()) {
      case CONSTANT -> Arrays.fill(values, (float) scale);
      case NORMAL -> {
        noise.normals(0, values);
        for (int i = 0; i < values.length; i++) {
          values[i] *= (float) scale;
        }
      }
      case UNIFORM -> {
        for (int i = 0; i < values.length; i++) {
          values[i] = (float) (scale * (2 * noise.uniform(0, i) - 1));
        }
      }
    }
    return values;
  }

  /**
   * Checks that {@code weights} are exactly what the model stores.
   *
   * @throws WeightsException naming every missing, unexpected and misshapen tensor
   */
  public static void requireFit(
      Graph graph, Map<String, ? extends StoredTensor> weights, String source) {
    Set<String> missing = new TreeSet<>();
    Set<String> misshapen = new TreeSet<>();
    Set<String> unexpected = new TreeSet<>(weights.keySet());
    for (Parameter each : graph.parameters()) {
      if (!each.stored()) {
        continue;
      }
      unexpected.remove(each.path());
      StoredTensor weight = weights.get(each.path());
      if (weight == null) {
        missing.add(each.path());
      } else if (!Arrays.equals(weight.shape(), each.shape())) {
        misshapen.add(
            "%s is %s, expected %s"
                .formatted(
                    each.path(), Arrays.toString(weight.shape()), Arrays.toString(each.shape())));
      }
    }
    if (!missing.isEmpty() || !unexpected.isEmpty() || !misshapen.isEmpty()) {
      throw new WeightsException(
          "%s: missing %s, unexpected %s, of another shape %s (expected: exactly the model's)"
              .formatted(source, missing, unexpected, misshapen));
    }
  }
}
