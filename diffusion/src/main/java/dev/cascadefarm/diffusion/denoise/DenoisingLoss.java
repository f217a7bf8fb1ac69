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
 * A {@link Predictor} as it is taught: one call noises samples, each to its own level, and returns
 * the mean loss. Immutable.
 *
 * <p>Inputs of {@link #LOSS}: {@code x0, noise (B, C, H, W)}, {@code row (B, R)} as {@link
 * TrainingObjective#rows} makes it, and the predictor's conditions.
 */
public final class DenoisingLoss {
  /** The method. */
  public static final String LOSS = "loss";

  private final Predictor predictor;
  private final LossKind kind;

  public DenoisingLoss(Predictor predictor, LossKind kind) {
    this.predictor = predictor;
    this.kind = kind;
  }

  /** The model for training; its weights are those of the predictor. */
  public Graph graph() {
    return new Graph("DenoisingLoss").method(LOSS, this::loss);
  }

  private List<Tensor> loss(Method method) {
    Extent extent = predictor.extent();
    Tensor x0 = method.input("x0", ANY, extent.channels(), extent.height(), extent.width());
    Tensor noise = method.input("noise", ANY, extent.channels(), extent.height(), extent.width());
    LossRow row = new LossRow(method.input("row", ANY, LossRow.WIDTH));
    List<Tensor> conditions = new ArrayList<>();
    for (Condition each : predictor.conditions()) {
      conditions.add(method.input(each.name(), each.batched()));
    }
    Pass pass = new Pass(row.noised(x0, noise), row.timestep(), row.lowresTime(), conditions);
    return List.of(row.loss(kind, predictor.predict(method.root(), pass), x0, noise));
  }
}
