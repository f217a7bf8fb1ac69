package dev.cascadefarm.diffusion.unclip;

import static dev.cascadefarm.diffusion.graph.Tensor.ANY;

import dev.cascadefarm.diffusion.graph.Graph;
import dev.cascadefarm.diffusion.graph.Method;
import dev.cascadefarm.diffusion.graph.Tensor;
import java.util.List;

/**
 * A {@link DiffusionPrior} as it is taught: one call noises the embeddings of pictures, each to its
 * own level, and returns the mean squared error of the clean ones that are predicted. Immutable.
 *
 * <p>Inputs of {@link #LOSS}: {@code image, noise (B, D)}, {@code row (B, R)} as {@link
 * NoiseLevels#rows} makes it, and the caption's {@code text (B, D), encodings (B, N, E), mask (B,
 * N), keep (B)}.
 */
public final class PriorLoss {
  /** The method. */
  public static final String LOSS = "loss";

  private final DiffusionPrior prior;

  public PriorLoss(DiffusionPrior prior) {
    this.prior = prior;
  }

  /** The model for training. */
  public Graph graph() {
    return new Graph("PriorLoss").method(LOSS, this::loss);
  }

  private List<Tensor> loss(Method method) {
    PriorConfig config = prior.config();
    Tensor image = method.input("image", ANY, config.latentDim());
    Tensor noise = method.input("noise", ANY, config.latentDim());
    NoiseLevels levels = new NoiseLevels(method.input("row", ANY, NoiseLevels.WIDTH));
    PriorInputs inputs =
        new PriorInputs(
            levels.noised(image, noise),
            levels.timestep(),
            method.input("text", ANY, config.latentDim()),
            method.input("encodings", ANY, config.maxTextLen(), config.textWidth()),
            method.input("mask", ANY, config.maxTextLen()),
            method.input("keep", ANY));
    return List.of(prior.apply(method.root(), inputs).minus(image).square().mean());
  }
}
