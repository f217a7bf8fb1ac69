package dev.cascadefarm.diffusion.sampler;

import java.util.List;

/**
 * A whole run of a sampler.
 *
 * @param rows in the order of the model calls
 * @param history how many tensors of history a sample carries, K
 * @param startScale what standard noise is multiplied by to start
 */
public record SamplerTable(List<Row> rows, int history, double startScale) {
  public SamplerTable {
    rows = List.copyOf(rows);
    for (Row row : rows) {
      if (row.next().length != 1 + history || row.next()[0].length != 1 + history + 3) {
        throw new IllegalArgumentException(
            "row: %d×%d (expected: %d×%d)"
                .formatted(row.next().length, row.next()[0].length, 1 + history, 1 + history + 3));
      }
    }
  }
}
