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
 * A {@link Predictor} as a whole program: one call predicts for every sample of a batch, each at a
 * row of its own sampler's table, with its own guidance. Immutable.
 *
 * <p>Inputs of {@link #PREDICT}: {@code x (B, C, H, W)}, {@code row (B, R)} as {@link StepRow} lays
 * it out, then the predictor's conditions: the branched ones, in {@link #GUIDED_PREDICT} once more
 * for the other branch of the guidance, and the shared ones. Outputs, as {@link Prediction} reads
 * them: the guided prediction and, of a predictor that learns the variance, what to multiply the
 * noise by. {@link SampleState} goes on from there.
 */
public final class Denoiser {
  /** Predicts for samples that use no guidance. */
  public static final String PREDICT = "predict";

  /** Predicts for samples by classifier-free guidance (Ho and Salimans 2022). */
  public static final String GUIDED_PREDICT = "guided_predict";

  private final Predictor predictor;

  /** A program for one network. */
  public Denoiser(Predictor predictor) {
    this.predictor = predictor;
  }

  /** The model for sampling. */
  public Graph samplingGraph() {
    return new Graph("Denoiser")
        .method(PREDICT, method -> predict(method, false))
        .method(GUIDED_PREDICT, method -> predict(method, true));
  }

  private List<Tensor> predict(Method method, boolean guided) {
    Extent extent = predictor.extent();
    Tensor x = method.input("x", ANY, extent.channels(), extent.height(), extent.width());
    StepRow row = new StepRow(method.input("row", ANY, StepRow.width(predictor.learnsVariance())));
    Pass pass = pass(method, x.times(row.inputScale()), row, guided);
    Tensor raw = predictor.predict(method.root(), pass);
    Tensor prediction = guided ? guide(channels(raw, 0), row) : channels(raw, 0);
    List<Tensor> outputs = new ArrayList<>(List.of(prediction));
    if (predictor.learnsVariance()) {
      Tensor variance = channels(guided ? raw.halves().get(0) : raw, 1);
      outputs.add(row.variance(variance).times(0.5).exp());
    }
    return outputs;
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
}
