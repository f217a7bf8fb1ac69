package dev.cascadefarm.diffusion.unclip;

import static dev.cascadefarm.diffusion.graph.Tensor.ANY;

import dev.cascadefarm.diffusion.graph.Graph;
import dev.cascadefarm.diffusion.graph.Method;
import dev.cascadefarm.diffusion.graph.Tensor;
import java.util.List;

/**
 * A {@link Decoder} as it is taught: one call noises pictures, each to its own level, and returns
 * the mean squared error of what is predicted. Immutable.
 *
 * <p>Inputs of {@link #LOSS}: {@code picture, noise (B, C, H, W)} in [-1, 1], {@code row (B, R)} as
 * {@link NoiseLevels#rows} makes it, the pictures' own {@code image (B, D), keep_image (B)}, and
 * the caption's {@code encodings (B, N, E), mask (B, N), keep_text (B)}.
 */
public final class DecoderLoss {
  /** The method. */
  public static final String LOSS = "loss";

  private final Decoder decoder;

  public DecoderLoss(Decoder decoder) {
    this.decoder = decoder;
  }

  /** The model for training. */
  public Graph graph() {
    return new Graph("DecoderLoss").method(LOSS, this::loss);
  }

  private List<Tensor> loss(Method method) {
    DecoderConfig config = decoder.config();
    Tensor picture = method.input("picture", ANY, config.channels(), ANY, ANY);
    Tensor noise = method.input("noise", ANY, config.channels(), ANY, ANY);
    NoiseLevels levels = new NoiseLevels(method.input("row", ANY, NoiseLevels.WIDTH));
    DecoderInputs inputs =
        new DecoderInputs(
            levels.noised(picture, noise),
            levels.timestep(),
            method.input("image", ANY, config.latentDim()),
            method.input("keep_image", ANY),
            method.input("encodings", ANY, config.maxTextLen(), config.textWidth()),
            method.input("mask", ANY, config.maxTextLen()),
            method.input("keep_text", ANY));
    Tensor target = levels.target(picture, noise);
    return List.of(decoder.apply(method.root(), inputs).minus(target).square().mean());
  }
}
