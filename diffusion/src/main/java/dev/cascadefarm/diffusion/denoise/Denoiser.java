package dev.cascadefarm.diffusion.denoise;

import static dev.cascadefarm.diffusion.graph.Tensor.ANY;

import dev.cascadefarm.diffusion.denoise.Predictor.Extent;
import dev.cascadefarm.diffusion.denoise.Predictor.Pass;
import dev.cascadefarm.diffusion.graph.Graph;
import dev.cascadefarm.diffusion.graph.Method;
import dev.cascadefarm.diffusion.graph.Tensor;
import java.util.ArrayList;
import java.util.List;

/**
 * A {@link Predictor} as a whole program: one call advances every sample of a batch by one row of
 * its own sampler's table, with its own guidance and thresholding. Immutable.
 *
 * <p>Inputs of {@link #STEP}: {@code state (B, 1+K, C, H, W)}, {@code noise (B, C, H, W)}, {@code
 * row (B, R)} as {@link StepRow} lays it out, then the predictor's conditions: the branched ones,
 * in {@link #GUIDED_STEP} once more for the other branch of the guidance, and the shared ones.
 * Outputs: the next state and the thresholded x₀.
 */
public final class Denoiser {
  /** Advances samples that use no guidance. */
  public static final String STEP = "step";

  /** Advances samples by classifier-free guidance (Ho and Salimans 2022). */
  public static final String GUIDED_STEP = "guided_step";

  private final Predictor predictor;
  private final int history;

  /**
   * A program for one network.
   *
   * @param history tensors of history every sample carries, K, 0 or more
   */
  public Denoiser(Predictor predictor, int history) {
    if (history < 0) {
      throw new IllegalArgumentException("history: " + history + " (expected: >= 0)");
    }
    this.predictor = predictor;
    this.history = history;
  }

  /** The model for sampling. */
  public Graph samplingGraph() {
    return new Graph("Denoiser")
        .method(STEP, method -> step(method, false))
        .method(GUIDED_STEP, method -> step(method, true));
  }

  private List<Tensor> step(Method method, boolean guided) {
    Extent extent = predictor.extent();
    int channels = extent.channels();
    int height = extent.height();
    int width = extent.width();
    Tensor state = method.input("state", ANY, 1 + history, channels, height, width);
    Tensor noise = method.input("noise", ANY, channels, height, width);
    int rowWidth = StepRow.width(history, predictor.learnsVariance());
    StepRow row = new StepRow(method.input("row", ANY, rowWidth), history);
    Tensor x = at(state, 0);
    Pass pass = pass(method, x.times(row.inputScale()), row, guided);
    Tensor raw = predictor.predict(method.root(), pass);
    Tensor prediction = guided ? guide(channels(raw, 0), row) : channels(raw, 0);
    if (predictor.learnsVariance()) {
      Tensor variance = channels(guided ? raw.halves().get(0) : raw, 1);
      noise = noise.times(row.variance(variance).times(0.5).exp());
    }
    Tensor x0 = row.x0FromX().times(x).plus(row.x0FromPrediction().times(prediction));
    Tensor bounded = threshold(x0, row);
    return List.of(next(state, bounded, prediction, noise, row), bounded);
  }

  /** The k-th tensor of a state. */
  private Tensor at(Tensor state, int k) {
    Extent extent = predictor.extent();
    return state.narrow(1, k, 1).reshape(ANY, extent.channels(), extent.height(), extent.width());
  }

  /** The prediction's first or second part. */
  private Tensor channels(Tensor raw, int part) {
    int channels = predictor.extent().channels();
    return predictor.learnsVariance() ? raw.narrow(1, (long) part * channels, channels) : raw;
  }

  /** Guided, both branches go in one pass of twice the batch. */
  private Pass pass(Method method, Tensor x, StepRow row, boolean guided) {
    List<Tensor> conditions = conditions(method, true, "");
    if (guided) {
      List<Tensor> other = conditions(method, true, "other_");
      for (int i = 0; i < other.size(); i++) {
        conditions.set(i, Tensor.cat(0, conditions.get(i), other.get(i)));
      }
    }
    for (Tensor each : conditions(method, false, "")) {
      conditions.add(guided ? twice(each) : each);
    }
    return guided
        ? new Pass(twice(x), twice(row.timestep()), twice(row.lowresTime()), conditions)
        : new Pass(x, row.timestep(), row.lowresTime(), conditions);
  }

  private List<Tensor> conditions(Method method, boolean branched, String prefix) {
    List<Tensor> inputs = new ArrayList<>();
    for (Condition each : predictor.conditions()) {
      if (each.branched() == branched) {
        inputs.add(method.input(prefix + each.name(), each.batched()));
      }
    }
    return inputs;
  }

  /** Other + w·(caption − other). */
  private static Tensor guide(Tensor prediction, StepRow row) {
    List<Tensor> halves = prediction.halves();
    Tensor without = halves.get(1);
    return without.plus(halves.get(0).minus(without).times(row.guidance()));
  }

  private static Tensor twice(Tensor x) {
    return Tensor.cat(0, x, x);
  }

  /**
   * Keeps x₀ in range (Saharia et al. 2022, §2.3): s = the percentile of |x₀|, at least {@code
   * floor} and at most {@code cap}; clip to ±s, and divide by s where the row says so.
   */
  private Tensor threshold(Tensor x0, StepRow row) {
    long size = predictor.extent().size();
    double last = size - 1.0;
    Tensor position = row.percentile().times(last);
    Tensor below = position.floor();
    // counted from the top, so that only what lies above the percentile is put in order
    Tensor rank = below.negate().plus(last);
    Tensor largest = x0.abs().reshape(ANY, size).largest(rank.plus(1).toInt64());
    Tensor lower = largest.gather(rank.toInt64());
    Tensor upper = largest.gather(rank.plus(-1).atLeast(0).toInt64());
    Tensor quantile = lower.plus(upper.minus(lower).times(position.minus(below)));
    Tensor bound = quantile.max(row.floor()).min(row.cap());
    Tensor limit = bound.unsqueeze(2).unsqueeze(3);
    Tensor clipped = x0.min(limit).max(limit.negate());
    return row.divides().choose(clipped.over(limit), clipped);
  }

  /** The linear step, in a fixed order of additions, so that company cannot change a bit. */
  private Tensor next(Tensor state, Tensor x0, Tensor prediction, Tensor noise, StepRow row) {
    List<Tensor> columns = new ArrayList<>();
    for (int k = 0; k <= history; k++) {
      columns.add(at(state, k));
    }
    columns.addAll(List.of(x0, prediction, noise));
    Tensor[] rows = new Tensor[1 + history];
    for (int r = 0; r <= history; r++) {
      Tensor sum = row.next(r, 0).times(columns.get(0));
      for (int c = 1; c < columns.size(); c++) {
        sum = sum.plus(row.next(r, c).times(columns.get(c)));
      }
      rows[r] = sum.unsqueeze(1);
    }
    return Tensor.cat(1, rows);
  }
}
