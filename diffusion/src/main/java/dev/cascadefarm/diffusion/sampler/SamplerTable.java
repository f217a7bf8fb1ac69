package dev.cascadefarm.diffusion.sampler;

import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.DoubleStream;

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

  /** SHA-256 (hex) of all numbers of the rows: two runs of one hash do the same. */
  public String sha256() {
    MessageDigest digest = digest();
    ByteBuffer number = ByteBuffer.allocate(Double.BYTES);
    numbers().forEach(each -> digest.update(number.putDouble(0, each).array()));
    return HexFormat.of().formatHex(digest.digest());
  }

  private DoubleStream numbers() {
    return DoubleStream.concat(
        DoubleStream.of(rows.size(), history), rows.stream().flatMapToDouble(Row::numbers));
  }

  private static MessageDigest digest() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new AssertionError("every Java platform has SHA-256", e);
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
