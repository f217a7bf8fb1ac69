package dev.cascadefarm.diffusion.parity;

import dev.cascadefarm.diffusion.stage.HostTensor;
import dev.cascadefarm.diffusion.weights.SafeTensors;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
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
