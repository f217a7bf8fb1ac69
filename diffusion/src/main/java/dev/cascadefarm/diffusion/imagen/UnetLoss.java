package dev.cascadefarm.diffusion.imagen;

import static dev.cascadefarm.diffusion.graph.Tensor.ANY;

import dev.cascadefarm.diffusion.denoise.LossKind;
import dev.cascadefarm.diffusion.denoise.LossRow;
import dev.cascadefarm.diffusion.graph.Graph;
import dev.cascadefarm.diffusion.graph.Method;
import dev.cascadefarm.diffusion.graph.Tensor;
import java.util.List;

/**
 * A {@link Unet} as it is taught: one call noises pictures and their low-resolution versions, each
 * sample to its own level, and returns the mean loss. Immutable.
 *
 * <p>Inputs of {@link #LOSS}: {@code picture, noise (B, C, H, W)}, {@code row (B, R)} as {@code
 * TrainingObjective.rows} makes it, the caption {@code embeds (B, N, E), mask (B, N), keep (B)},
 * and where the model enlarges {@code lowres, lowres_noise (B, C, H, W)}. Pictures are in [-1, 1];
 * H and W are open, so that crops can be learned from.
 */
public final class UnetLoss {
  /** The method. */
  public static final String LOSS = "loss";

  private final Unet unet;
  private final LossKind kind;

  public UnetLoss(Unet unet, LossKind kind) {
    unet.config().requireAsManyChannelsOut();
    this.unet = unet;
    this.kind = kind;
  }

  /** The model for training; its weights are those of the unet. */
  public Graph graph() {
    return new Graph("UnetLoss").method(LOSS, this::loss);
  }

  private List<Tensor> loss(Method method) {
    UnetConfig config = unet.config();
    Tensor x0 = method.input("picture", ANY, config.channels(), ANY, ANY);
    Tensor noise = method.input("noise", ANY, config.channels(), ANY, ANY);
    LossRow row = new LossRow(method.input("row", ANY, LossRow.WIDTH));
    Tensor embeds = method.input("embeds", ANY, config.maxTextLen(), config.textEmbedDim());
    Tensor mask = method.input("mask", ANY, config.maxTextLen());
    Tensor keep = method.input("keep", ANY);
    Tensor lowres = config.lowresCond() ? noisedLowres(method, row) : null;
    Tensor lowresTime = config.lowresCond() ? row.lowresTime() : null;
    UnetInputs inputs =
        new UnetInputs(
            row.noised(x0, noise), row.timestep(), embeds, mask, keep, lowres, lowresTime);
    return List.of(row.loss(kind, unet.apply(method.root(), inputs), x0, noise));
  }

  private Tensor noisedLowres(Method method, LossRow row) {
    int channels = unet.config().channels();
    Tensor lowres = method.input("lowres", ANY, channels, ANY, ANY);
    return row.noisedLowres(lowres, method.input("lowres_noise", ANY, channels, ANY, ANY));
  }
}
