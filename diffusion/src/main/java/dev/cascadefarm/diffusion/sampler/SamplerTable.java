package dev.cascadefarm.diffusion.sampler;

import java.util.Arrays;
import java.util.List;

/**
 * A run of a sampler, from noise or from a noised picture.
 *
 * @param rows in the order of the model calls
 * @param history how many tensors of history a sample carries, K; all 0 at the start
 * @param startScale what standard noise is multiplied by to start from noise
 * @param noising how a picture is noised to start from it instead
 */
public record SamplerTable(List<Row> rows, int history, double startScale, Noising noising) {
  /** Columns beside the state: x₀', m and z. */
  private static final int INPUTS = 3;

  public SamplerTable {
    rows = List.copyOf(rows);
    int states = 1 + history;
    for (Row row : rows) {
      double[][] next = row.next();
      if (next.length != states
          || !Arrays.stream(next).allMatch(each -> each.length == states + INPUTS)) {
        throw new IllegalArgumentException(
            "row: %s (expected: %d×%d)"
                .formatted(Arrays.deepToString(next), states, states + INPUTS));
      }
    }
  }

  /** A part of this run. */
  SamplerTable rows(int from, int to) {
    return new SamplerTable(rows.subList(from, to), history, startScale, noising);
  }

  /**
   * This run, for samples that may carry so much history.
   *
   * @throws IllegalArgumentException if it needs more
   */
  public SamplerTable within(int most) {
    if (most < history) {
      throw new IllegalArgumentException(
          "history: %d (expected: >= %d for this sampler)".formatted(most, history));
    }
    return this;
  }
}
