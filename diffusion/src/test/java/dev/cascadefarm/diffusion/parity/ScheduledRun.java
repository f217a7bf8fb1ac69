package dev.cascadefarm.diffusion.parity;

import dev.cascadefarm.diffusion.sampler.Row;
import dev.cascadefarm.diffusion.sampler.SamplerTable;
import dev.cascadefarm.diffusion.sampler.Steps;
import dev.cascadefarm.diffusion.scheduler.SchedulerConfig;
import dev.cascadefarm.diffusion.scheduler.Thresholding;
import dev.cascadefarm.diffusion.stage.HostTensor;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/** A run that {@code record_schedulers.py} laid out, beside the table that ought to make it. */
record ScheduledRun(
    SamplerTable table,
    Thresholding thresholding,
    boolean learns,
    boolean fromNoise,
    int width,
    float[] numbers) {
  private static final int PIXELS = 4;
  private static final int X = 2;
  private static final int PREDICTION = X + PIXELS;

  ScheduledRun(SchedulerConfig config, Steps steps, HostTensor recorded, boolean fromNoise) {
    this(
        config.table(steps),
        config.thresholding(),
        config.learnsVariance(),
        fromNoise,
        (int) recorded.shape()[1],
        recorded.data());
  }

  int calls() {
    return numbers.length / width - 1;
  }

  private double at(int call, int column) {
    return numbers[call * width + column];
  }

  List<Double> timesteps() {
    return table.rows().stream().map(row -> (double) (float) row.timestep()).toList();
  }

  List<Double> recordedTimesteps() {
    return IntStream.range(0, calls()).mapToObj(i -> at(i, 0)).toList();
  }

  /** With one x changed by a share of what its step is made of. */
  ScheduledRun doctored(int call) {
    float[] changed = numbers.clone();
    changed[(call + 1) * width + X] += (float) (2e-4 * scale(call));
    return with(changed);
  }

  /** With the timesteps shifted. */
  ScheduledRun later() {
    float[] changed = numbers.clone();
    changed[0] += 1;
    return with(changed);
  }

  private ScheduledRun with(float[] changed) {
    return new ScheduledRun(table, thresholding, learns, fromNoise, width, changed);
  }

  /** How far off the start is, as a share of its scale. */
  double startDifference() {
    double first = at(calls(), 0);
    double second = at(calls(), 1);
    double off =
        fromNoise
            ? Math.abs(table.startScale() - first)
            : Math.max(
                Math.abs(table.noising().signal() - first),
                Math.abs(table.noising().spread() - second));
    return off / Math.max(1, Math.max(first, second));
  }

  /** The largest number of x around a call, for the history holds some from before. */
  private double scale(int call) {
    double scale = 1;
    for (int i = Math.max(0, call - 1); i <= call + 1; i++) {
      for (int p = 0; p < PIXELS; p++) {
        scale = Math.max(scale, Math.abs(at(i, X + p)));
      }
    }
    return scale;
  }

  /** The largest difference of a step, as a share of its scale. */
  double difference() {
    double largest = 0;
    double[][] history = new double[PIXELS][table.history()];
    for (int i = 0; i < calls(); i++) {
      Row row = table.rows().get(i);
      largest = Math.max(largest, Math.abs(row.inputScale() / at(i, 1) - 1));
      double[] bounded = bounded(x0(row, i));
      for (int p = 0; p < PIXELS; p++) {
        double[] next = next(row, i, p, bounded[p], history[p]);
        largest = Math.max(largest, Math.abs(next[0] - at(i + 1, X + p)) / scale(i));
        history[p] = Arrays.copyOfRange(next, 1, next.length);
      }
    }
    return largest;
  }

  private double[] x0(Row row, int call) {
    double[] x0 = new double[PIXELS];
    for (int p = 0; p < PIXELS; p++) {
      x0[p] = row.x0FromX() * at(call, X + p) + row.x0FromPrediction() * at(call, PREDICTION + p);
    }
    return x0;
  }

  private double[] bounded(double[] x0) {
    return switch (thresholding.kind()) {
      case NONE -> x0;
      case STATIC -> clipped(x0, thresholding.limit());
      case DYNAMIC -> {
        double[] sorted = Arrays.stream(x0).map(Math::abs).sorted().toArray();
        double position = thresholding.percentile() * (PIXELS - 1);
        int below = Math.min(PIXELS - 2, (int) position);
        double quantile = sorted[below] + (position - below) * (sorted[below + 1] - sorted[below]);
        double bound = Math.min(Math.max(quantile, 1), thresholding.limit());
        yield Arrays.stream(clipped(x0, bound)).map(each -> each / bound).toArray();
      }
    };
  }

  private static double[] clipped(double[] x0, double bound) {
    return Arrays.stream(x0).map(each -> Math.max(-bound, Math.min(bound, each))).toArray();
  }

  private double[] next(Row row, int call, int p, double x0, double[] history) {
    double[] next = new double[1 + history.length];
    for (int r = 0; r < next.length; r++) {
      double[] by = row.next()[r];
      next[r] = by[0] * at(call, X + p);
      for (int k = 0; k < history.length; k++) {
        next[r] += by[1 + k] * history[k];
      }
      int at = 1 + history.length;
      next[r] += by[at] * x0 + by[at + 1] * at(call, PREDICTION + p);
      if (by[at + 2] != 0) {
        next[r] += by[at + 2] * strength(row, call, p) * at(call, width - PIXELS + p);
      }
    }
    return next;
  }

  private double strength(Row row, int call, int p) {
    double v = learns ? at(call, PREDICTION + PIXELS + p) : 0;
    return Math.exp((row.learned().slope() * v + row.learned().offset()) / 2);
  }
}
