package dev.cascadefarm.diffusion.parity;

import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.cascadefarm.diffusion.imagen.UnetConfig;
import dev.cascadefarm.diffusion.stage.HostTensor;
import dev.cascadefarm.diffusion.weights.SafeTensors;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;

/** Numbers recorded by {@code src/test/python/record_fixtures.py}. */
public final class Fixture {
  private Fixture() {}

  /** The tensors of a fixture. */
  public static Map<String, HostTensor> tensors(String name) {
    return SafeTensors.parse(bytes(name + ".safetensors"), name);
  }

  /** The bytes of a fixture's file. */
  public static byte[] bytes(String file) {
    try (InputStream in = Fixture.class.getResourceAsStream("/parity/" + file)) {
      return Objects.requireNonNull(in, file).readAllBytes();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The tensors whose names start with {@code prefix}, without it. */
  public static Map<String, HostTensor> under(String prefix, Map<String, HostTensor> tensors) {
    Map<String, HostTensor> result = new LinkedHashMap<>();
    tensors.forEach(
        (name, tensor) -> {
          if (name.startsWith(prefix)) {
            result.put(name.substring(prefix.length()), tensor);
          }
        });
    return result;
  }

  /** The same tensors with one number of one of them changed, for a test to notice. */
  public static Map<String, HostTensor> doctored(
      Map<String, HostTensor> tensors, String name, double change) {
    HostTensor tensor = Objects.requireNonNull(tensors.get(name), name);
    float[] data = tensor.data().clone();
    data[data.length / 2] += (float) change;
    Map<String, HostTensor> result = new LinkedHashMap<>(tensors);
    result.put(name, new HostTensor(tensor.shape(), data));
    return result;
  }

  /** An architecture as MinImagen's own arguments. */
  public static UnetConfig config(String name) {
    try {
      return JsonMapper.builder()
          .propertyNamingStrategy(PropertyNamingStrategies.SNAKE_CASE)
          .build()
          .readValue(bytes(name + ".json"), UnetConfig.class);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /**
   * Largest absolute difference as a share of the largest number in {@code expected}.
   *
   * @param floor what that number is at least, for tensors that are zero but for rounding
   */
  public static double relativeDifference(float[] actual, float[] expected, double floor) {
    return difference(actual, expected) / Math.max(largest(expected), floor);
  }

  /** Largest absolute number. */
  public static double largest(float[] numbers) {
    double largest = 0;
    for (float each : numbers) {
      largest = Math.max(largest, Math.abs(each));
    }
    return largest;
  }

  /** Largest absolute difference of two equally long arrays; NaN if one has a NaN. */
  public static double difference(float[] a, float[] b) {
    if (a.length != b.length) {
      throw new IllegalArgumentException(a.length + " numbers (expected: " + b.length + ")");
    }
    double largest = 0;
    for (int i = 0; i < a.length; i++) {
      largest = Math.max(largest, Math.abs((double) a[i] - b[i]));
    }
    return largest;
  }
}
