package dev.cascadefarm.common.store;

import dev.cascadefarm.common.json.WireJson;
import java.nio.charset.StandardCharsets;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The object that names a finished task's outputs. The task is done when Redis points to it.
 *
 * @param v version of this format, 1
 * @param outputs by name, in the order of the names; equal outputs give equal bytes
 */
public record Manifest(int v, Map<String, Output> outputs) {
  /** The name of the manifest among the objects of an attempt. */
  public static final String NAME = "manifest.json";

  /** The media type of a manifest. */
  public static final String CONTENT_TYPE = "application/json";

  private static final int VERSION = 1;

  /** Checks the version and that something is named. */
  public Manifest {
    if (v != VERSION) {
      throw new IllegalArgumentException("manifest v: %d (expected: %d)".formatted(v, VERSION));
    }
    if (outputs.isEmpty()) {
      throw new IllegalArgumentException("manifest outputs: none (expected: at least one)");
    }
    outputs = Collections.unmodifiableMap(new TreeMap<>(outputs));
  }

  /** A manifest of the present version. */
  public static Manifest of(Map<String, Output> outputs) {
    return new Manifest(VERSION, outputs);
  }

  /**
   * Reads a manifest.
   *
   * @throws dev.cascadefarm.common.json.MalformedJsonException if the bytes are not one
   */
  public static Manifest parse(byte[] json) {
    return WireJson.read(new String(json, StandardCharsets.UTF_8), Manifest.class);
  }

  /** Writes this manifest as JSON in UTF-8. */
  public byte[] toBytes() {
    return WireJson.write(this).getBytes(StandardCharsets.UTF_8);
  }

  /**
   * Returns an output.
   *
   * @throws IllegalArgumentException if the task has no output of that name
   */
  public Output output(String name) {
    Output output = outputs.get(name);
    if (output == null) {
      throw new IllegalArgumentException(
          "output: %s (expected: one of %s)".formatted(name, outputs.keySet()));
    }
    return output;
  }

  /**
   * One output of a task.
   *
   * @param artifact its bytes
   * @param dtype element type of a tensor, for example {@code float32}; absent if it is none
   * @param shape of a tensor, outermost first; absent if it is none
   */
  public record Output(Artifact artifact, @Nullable String dtype, @Nullable List<Long> shape) {
    /** Copies the shape. */
    public Output {
      shape = shape == null ? null : List.copyOf(shape);
    }

    /** An output that is no tensor. */
    public static Output of(Artifact artifact) {
      return new Output(artifact, null, null);
    }
  }
}
