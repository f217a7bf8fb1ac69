package dev.cascadefarm.common.job;

/**
 * How far a task is.
 *
 * @param done rows (model calls) finished
 * @param total rows in all, at least 1
 */
public record Progress(int done, int total) {
  public Progress {
    if (total < 1 || done < 0 || done > total) {
      throw new IllegalArgumentException(
          "progress: " + done + "/" + total + " (expected: 0 <= done <= total, total >= 1)");
    }
  }
}
