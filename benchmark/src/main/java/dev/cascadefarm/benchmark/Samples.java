package dev.cascadefarm.benchmark;

import java.util.Arrays;
import java.util.Locale;
import java.util.Random;
import java.util.stream.IntStream;

/** Measurements of one kind, in the order they were taken. */
record Samples(double[] values) {
  private static final int RESAMPLES = 10_000;

  double median() {
    return quantile(sorted(values), 0.5);
  }

  /** The ratio of each pair: this over {@code other}. */
  Samples over(Samples other) {
    return new Samples(
        IntStream.range(0, values.length).mapToDouble(i -> values[i] / other.values[i]).toArray());
  }

  /** What this is of {@code whole}, pair by pair, in percent. */
  Samples percentOf(Samples whole) {
    return new Samples(Arrays.stream(over(whole).values).map(each -> 100 * each).toArray());
  }

  /** How much smaller {@code part} is, pair by pair, in percent of this. */
  Samples percentBeyond(Samples part) {
    return new Samples(
        IntStream.range(0, values.length)
            .mapToDouble(i -> 100 * (values[i] - part.values[i]) / values[i])
            .toArray());
  }

  /** Median with its 95 % bootstrap interval, minimum and maximum. */
  String summary() {
    Random random = new Random(1);
    double[] medians =
        IntStream.range(0, RESAMPLES).mapToDouble(i -> resampledMedian(random)).sorted().toArray();
    double[] sorted = sorted(values);
    return String.format(
        Locale.ROOT,
        "%.3f (95 %%: %.3f to %.3f; min %.3f, max %.3f, n %d)",
        median(),
        quantile(medians, 0.025),
        quantile(medians, 0.975),
        sorted[0],
        sorted[sorted.length - 1],
        values.length);
  }

  private double resampledMedian(Random random) {
    double[] drawn = new double[values.length];
    for (int i = 0; i < drawn.length; i++) {
      drawn[i] = values[random.nextInt(values.length)];
    }
    return quantile(sorted(drawn), 0.5);
  }

  private static double[] sorted(double[] values) {
    double[] copy = values.clone();
    Arrays.sort(copy);
    return copy;
  }

  private static double quantile(double[] sorted, double share) {
    double position = share * (sorted.length - 1);
    int below = (int) position;
    int above = Math.min(below + 1, sorted.length - 1);
    return sorted[below] + (position - below) * (sorted[above] - sorted[below]);
  }
}
