package dev.cascadefarm.diffusion.python;

import dev.cascadefarm.diffusion.graph.Graph;
import dev.cascadefarm.diffusion.graph.Initializer;
import dev.cascadefarm.diffusion.graph.Parameter;
import dev.cascadefarm.diffusion.noise.CounterNoise;
import dev.cascadefarm.diffusion.stage.HostTensor;
import dev.cascadefarm.testing.python.PythonTier;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * A stream of random choices, fixed by the seed of the run and a name. Another run draws others,
 * unless it is given the seed.
 */
final class Draws {
  private static final double SPREAD = 0.3;

  private final CounterNoise noise;
  private int drawn;

  Draws(String name) {
    this.noise = new CounterNoise(PythonTier.SEED, "python", name);
  }

  /** A whole number between two, both included. */
  int between(int least, int most) {
    return least + (int) (noise.uniform(0, drawn++) * (most - least + 1));
  }

  boolean coin() {
    return between(0, 1) == 1;
  }

  <T> T oneOf(List<T> choices) {
    return choices.get(between(0, choices.size() - 1));
  }

  /** Standard normals. */
  HostTensor normals(long... shape) {
    long size = 1;
    for (long each : shape) {
      size *= each;
    }
    return new HostTensor(shape, noise.normals(1 + drawn++, Math.toIntExact(size)));
  }

  /** Whole numbers between two, as float32. */
  HostTensor whole(int least, int most, long size) {
    float[] values = new float[Math.toIntExact(size)];
    for (int i = 0; i < values.length; i++) {
      values[i] = between(least, most);
    }
    return HostTensor.of(values, size);
  }

  /** Captions of {@code least} words or more, as 1 for a word and 0 for padding. */
  HostTensor mask(int least, int batch, int length) {
    float[] mask = new float[batch * length];
    for (int sample = 0; sample < batch; sample++) {
      int words = between(least, length);
      Arrays.fill(mask, sample * length, sample * length + words, 1);
    }
    return HostTensor.of(mask, batch, length);
  }

  /** Weights for a model: none is 0 or 1, and no layer's output explodes. */
  Map<String, HostTensor> weights(Graph graph) {
    Map<String, HostTensor> weights = new LinkedHashMap<>();
    for (Parameter each : graph.parameters()) {
      if (each.stored()) {
        weights.put(each.path(), weight(each));
      }
    }
    return weights;
  }

  private HostTensor weight(Parameter parameter) {
    long[] shape = parameter.shape();
    HostTensor weight = normals(shape);
    double spread = shape.length < 2 ? SPREAD : 1 / Math.sqrt(parameter.size() / (double) shape[0]);
    Initializer initializer = parameter.initializer();
    double start = initializer.kind() == Initializer.Kind.CONSTANT ? initializer.scale() : 0;
    for (int i = 0; i < weight.data().length; i++) {
      weight.data()[i] = (float) (start + spread * weight.data()[i]);
    }
    return weight;
  }

  /** The weights, with zeros for one. */
  static Map<String, HostTensor> without(Map<String, HostTensor> weights, String path) {
    Map<String, HostTensor> broken = new LinkedHashMap<>(weights);
    HostTensor lost = Objects.requireNonNull(weights.get(path), path);
    broken.put(path, new HostTensor(lost.shape(), new float[lost.data().length]));
    return broken;
  }
}
