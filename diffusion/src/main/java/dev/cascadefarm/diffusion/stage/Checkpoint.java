package dev.cascadefarm.diffusion.stage;

import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The state of a sample between two rows: what another runner of the same bundle needs to go on
 * with the very numbers. Its arrays are shared and never written to, so that one costs next to
 * nothing. Immutable.
 *
 * @param origin what the sample is, word by word: only one of the same words goes on from here
 * @param row rows finished, at least 1
 * @param tensors the state by name
 */
public record Checkpoint(Map<String, String> origin, int row, Map<String, HostTensor> tensors) {
  public Checkpoint {
    if (row < 1) {
      throw new IllegalArgumentException("row: " + row + " (expected: >= 1)");
    }
    origin = Map.copyOf(origin);
    tensors = Map.copyOf(tensors);
  }

  /** The same, of an origin with one word more. */
  public Checkpoint with(String name, String value) {
    Map<String, String> more = new TreeMap<>(origin);
    more.put(name, value);
    return new Checkpoint(more, row, tensors);
  }

  /**
   * The same without a word of its origin, which has to be as expected.
   *
   * @throws CheckpointRefusedException if it is another one, or not there
   */
  public Checkpoint without(String name, String expected) {
    require(name, origin.get(name), expected);
    Map<String, String> fewer = new TreeMap<>(origin);
    fewer.remove(name);
    return new Checkpoint(fewer, row, tensors);
  }

  /**
   * Refuses to be another sample's.
   *
   * @param expected the sample's own origin
   * @throws CheckpointRefusedException naming the first word that differs
   */
  public void requireOrigin(Map<String, String> expected) {
    new TreeMap<>(expected).forEach((name, value) -> require(name, origin.get(name), value));
    new TreeMap<>(origin).forEach((name, value) -> require(name, value, expected.get(name)));
  }

  private static void require(String name, @Nullable String value, @Nullable String expected) {
    if (value == null || !value.equals(expected)) {
      throw new CheckpointRefusedException(
          "%s: %s (expected: %s)".formatted(name, value, expected));
    }
  }
}
