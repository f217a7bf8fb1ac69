package dev.cascadefarm.diffusion.imagen;

import static dev.cascadefarm.diffusion.graph.Tensor.ANY;

import dev.cascadefarm.diffusion.graph.Graph;
import dev.cascadefarm.diffusion.graph.Method;
import dev.cascadefarm.diffusion.graph.Tensor;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A {@link Unet} as a whole program: one call advances every sample of a batch by one row of its
 * own sampler's table, with its own guidance and thresholding. Immutable.
 *
 * <p>Inputs of {@link #STEP}: {@code state (B, 1+K, C, H, W)}, {@code noise (B, C, H, W)}, {@code
 * row (B, R)} as {@link StepRow} lays it out, the caption {@code embeds, mask, keep}, and the
 * low-resolution picture if the model takes one. {@link #GUIDED_STEP} takes a second caption for
 * the other branch of the guidance. Outputs: the next state and the thresholded x₀.
 */
public final class Denoiser {
  /** Advances samples that use no guidance. */
  public static final String STEP = "step";

  /** Advances samples by classifier-free guidance (Ho and Salimans 2022). */
  public static final String GUIDED_STEP = "guided_step";

  /** The training loss. */
  public static final String LOSS = "loss";

  private final Unet unet;
  private final int side;
  private final int history;

  /**
   * A program for pictures of one size.
   *
   * @param side of the pictures, in pixels
   * @param history tensors of history every sample carries, K, 0 or more
   */
  public Denoiser(Unet unet, int side, int history) {
    if (side < 1 || side % unet.config().sideMultiple() != 0) {
      throw new IllegalArgumentException(
          "side: " + side + " (expected: a multiple of " + unet.config().sideMultiple() + ")");
    }
    if (unet.config().channelsOut() != unet.config().channels()) {
      throw new IllegalArgumentException(
          "channels_out: %d (expected: %d, as channels)"
              .formatted(unet.config().channelsOut(), unet.config().channels()));
    }
    if (history < 0) {
      throw new IllegalArgumentException("history: " + history + " (expected: >= 0)");
    }
    this.unet = unet;
    this.side = side;
    this.history = history;
  }

  /** The model for sampling. */
  public Graph samplingGraph() {
    return new Graph("Denoiser")
        .method(STEP, method -> step(method, false))
        .method(GUIDED_STEP, method -> step(method, true));
  }

  /** The model for training; its weights are those of {@link #samplingGraph}. */
  public Graph trainingGraph() {
    return new Graph("Denoiser").method(LOSS, this::loss);
  }

  // ---- sampling -----------------------------------------------------------------------------

  private List<Tensor> step(Method method, boolean guided) {
    Tensor state = method.input("state", ANY, 1 + history, channels(), side, side);
    Tensor noise = method.input("noise", ANY, channels(), side, side);
    StepRow row = new StepRow(method.input("row", ANY, StepRow.width(history)), history);
    Caption caption = caption(method, "");
    Caption other = guided ? caption(method, "other_") : null;
    Tensor lowres =
        unet.config().lowresCond() ? method.input("lowres", ANY, channels(), side, side) : null;
    Tensor x = state.narrow(1, 0, 1).reshape(ANY, channels(), side, side);
    UnetInputs inputs = inputs(x.times(row.inputScale()), row, caption, lowres);
    Tensor prediction = guided ? guide(method, inputs, other, row) : predict(method, inputs);
    Tensor x0 = row.x0FromX().times(x).plus(row.x0FromPrediction().times(prediction));
    Tensor bounded = threshold(x0, row);
    return List.of(next(state, bounded, prediction, noise, row), bounded);
  }

  private record Caption(Tensor embeds, Tensor mask, Tensor keep) {}

  private Caption caption(Method method, String prefix) {
    int length = unet.config().maxTextLen();
    return new Caption(
        method.input(prefix + "embeds", ANY, length, unet.config().textEmbedDim()),
        method.input(prefix + "mask", ANY, length),
        method.input(prefix + "keep", ANY));
  }

  private UnetInputs inputs(Tensor x, StepRow row, Caption caption, @Nullable Tensor lowres) {
    Tensor lowresTime = lowres == null ? null : row.lowresTime();
    return new UnetInputs(
        x, row.timestep(), caption.embeds(), caption.mask(), caption.keep(), lowres, lowresTime);
  }

  private Tensor predict(Method method, UnetInputs inputs) {
    return unet.apply(method.root(), inputs);
  }

  /** Both branches in one pass of twice the batch: other + w·(caption − other). */
  private Tensor guide(Method method, UnetInputs in, Caption other, StepRow row) {
    Tensor lowres = in.lowres() == null ? null : twice(in.lowres());
    Tensor lowresTime = in.lowresTime() == null ? null : twice(in.lowresTime());
    UnetInputs both =
        new UnetInputs(
            twice(in.x()),
            twice(in.time()),
            Tensor.cat(0, in.textEmbeds(), other.embeds()),
            Tensor.cat(0, in.textMask(), other.mask()),
            Tensor.cat(0, in.keep(), other.keep()),
            lowres,
            lowresTime);
    List<Tensor> halves = predict(method, both).halves();
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
    double last = (double) channels() * side * side - 1;
    Tensor position = row.percentile().times(last);
    Tensor below = position.floor();
    // counted from the top, so that only what lies above the percentile is put in order
    Tensor rank = below.negate().plus(last);
    Tensor largest =
        x0.abs().reshape(ANY, (long) channels() * side * side).largest(rank.plus(1).toInt64());
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
      columns.add(state.narrow(1, k, 1).reshape(ANY, channels(), side, side));
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

  // ---- training -----------------------------------------------------------------------------

  /**
   * The mean squared error of v for pictures noised to given levels; {@code levels (B, 4)} holds
   * timestep, √ᾱ, √(1−ᾱ) and the low-resolution picture's timestep.
   */
  private List<Tensor> loss(Method method) {
    Tensor x0 = method.input("picture", ANY, channels(), ANY, ANY);
    Tensor noise = method.input("noise", ANY, channels(), ANY, ANY);
    Tensor levels = method.input("levels", ANY, 4);
    Caption caption = caption(method, "");
    Tensor lowres =
        unet.config().lowresCond() ? method.input("lowres", ANY, channels(), ANY, ANY) : null;
    Tensor signal = column(levels, 1);
    Tensor spread = column(levels, 2);
    Tensor x = signal.times(x0).plus(spread.times(noise));
    Tensor target = signal.times(noise).minus(spread.times(x0));
    Tensor lowresTime = lowres == null ? null : scalar(levels, 3);
    UnetInputs inputs =
        new UnetInputs(
            x,
            scalar(levels, 0),
            caption.embeds(),
            caption.mask(),
            caption.keep(),
            lowres,
            lowresTime);
    return List.of(predict(method, inputs).minus(target).square().mean());
  }

  private static Tensor scalar(Tensor levels, int index) {
    return levels.narrow(1, index, 1).reshape(ANY);
  }

  private static Tensor column(Tensor levels, int index) {
    return levels.narrow(1, index, 1).unsqueeze(2).unsqueeze(3);
  }

  private int channels() {
    return unet.config().channels();
  }
}
