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

  /**
   * The same run for samples that carry more history than this sampler uses; the rest stays 0.
   *
   * @throws IllegalArgumentException if they carry less
   */
  public SamplerTable withHistory(int wanted) {
    if (wanted < history) {
      throw new IllegalArgumentException(
          "history: %d (expected: >= %d for this sampler)".formatted(wanted, history));
    }
    return wanted == history
        ? this
        : new SamplerTable(
            rows.stream().map(row -> widen(row, wanted)).toList(), wanted, startScale, noising);
  }

  private Row widen(Row row, int wanted) {
    double[][] next = new double[1 + wanted][1 + wanted + INPUTS];
    for (int r = 0; r <= history; r++) {
      System.arraycopy(row.next()[r], 0, next[r], 0, 1 + history);
      System.arraycopy(row.next()[r], 1 + history, next[r], 1 + wanted, INPUTS);
    }
    return new Row(
        row.timestep(),
        row.inputScale(),
        row.x0FromX(),
        row.x0FromPrediction(),
        next,
        row.learned());
  }
}
