package dev.cascadefarm.diffusion.imagen;

import static dev.cascadefarm.diffusion.graph.Tensor.ANY;

import dev.cascadefarm.diffusion.graph.Graph;
import dev.cascadefarm.diffusion.graph.Method;
import dev.cascadefarm.diffusion.graph.Tensor;
import java.util.List;

/** A {@link Unet} as the scenes' stages are taught: one call returns the loss of v. Immutable. */
public final class VelocityLoss {
  /** The training loss. */
  public static final String LOSS = "loss";

  private final Unet unet;

  public VelocityLoss(Unet unet) {
    this.unet = unet;
  }

  /** The model for training; its weights are those of the unet. */
  public Graph graph() {
    return new Graph("VelocityLoss").method(LOSS, this::loss);
  }

  /**
   * The mean squared error of v for pictures noised to given levels; {@code levels (B, 4)} holds
   * timestep, √ᾱ, √(1−ᾱ) and the low-resolution picture's timestep.
   */
  private List<Tensor> loss(Method method) {
    Tensor x0 = method.input("picture", ANY, channels(), ANY, ANY);
    Tensor noise = method.input("noise", ANY, channels(), ANY, ANY);
    Tensor levels = method.input("levels", ANY, 4);
    int length = unet.config().maxTextLen();
    Tensor embeds = method.input("embeds", ANY, length, unet.config().textEmbedDim());
    Tensor mask = method.input("mask", ANY, length);
    Tensor keep = method.input("keep", ANY);
    Tensor lowres =
        unet.config().lowresCond() ? method.input("lowres", ANY, channels(), ANY, ANY) : null;
    Tensor signal = column(levels, 1);
    Tensor spread = column(levels, 2);
    Tensor x = signal.times(x0).plus(spread.times(noise));
    Tensor target = signal.times(noise).minus(spread.times(x0));
    Tensor lowresTime = lowres == null ? null : scalar(levels, 3);
    UnetInputs inputs =
        new UnetInputs(x, scalar(levels, 0), embeds, mask, keep, lowres, lowresTime);
    return List.of(unet.apply(method.root(), inputs).minus(target).square().mean());
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
