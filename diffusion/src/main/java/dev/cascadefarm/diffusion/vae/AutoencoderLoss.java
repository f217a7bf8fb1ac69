package dev.cascadefarm.diffusion.vae;

import static dev.cascadefarm.diffusion.graph.Tensor.ANY;

import dev.cascadefarm.diffusion.graph.Graph;
import dev.cascadefarm.diffusion.graph.Method;
import dev.cascadefarm.diffusion.graph.Tensor;
import java.util.List;

/**
 * An {@link Autoencoder} as it is taught: how far a picture is from what becomes of it, and how far
 * its latents are from a standard normal (Kingma and Welling 2013, appendix B). Immutable.
 *
 * <p>Inputs of both methods: {@code picture (B, C, H, W)} in [-1, 1] and {@code noise (B, L, h,
 * w)}.
 */
public final class AutoencoderLoss {
  /** The method that is taught by. */
  public static final String LOSS = "loss";

  /** The method that is judged by: the mean squared error of the pictures alone. */
  public static final String ERROR = "error";

  /** Square of the distance between black and white, which a {@link #psnr} refers to. */
  private static final double PEAK_SQUARED = 4;

  private static final double LEAST_LOG_VARIANCE = -30;
  private static final double MOST_LOG_VARIANCE = 20;

  private final Autoencoder autoencoder;
  private final double normality;

  /**
   * A loss.
   *
   * @param normality how much a latent's distance from a standard normal counts beside a pixel's
   *     squared error
   */
  public AutoencoderLoss(Autoencoder autoencoder, double normality) {
    if (!(normality >= 0)) {
      throw new IllegalArgumentException("normality: " + normality + " (expected: >= 0)");
    }
    this.autoencoder = autoencoder;
    this.normality = normality;
  }

  /** The model for training; its weights are those of both halves. */
  public Graph graph() {
    return new Graph("AutoencoderLoss").method(LOSS, this::loss).method(ERROR, this::error);
  }

  /** A pass through both halves. */
  private record Pass(Tensor error, Tensor mean, Tensor logVariance) {}

  private Pass pass(Method method) {
    AutoencoderConfig config = autoencoder.config();
    Tensor picture = method.input("picture", ANY, config.inChannels(), ANY, ANY);
    Tensor noise = method.input("noise", ANY, config.latentChannels(), ANY, ANY);
    List<Tensor> moments = autoencoder.encode(method.root(), picture).chunk(2, 1);
    Tensor mean = moments.get(0);
    Tensor logVariance = moments.get(1).atLeast(LEAST_LOG_VARIANCE).atMost(MOST_LOG_VARIANCE);
    Tensor latent = mean.plus(logVariance.times(0.5).exp().times(noise));
    Tensor error = autoencoder.decode(method.root(), latent).minus(picture).square().mean();
    return new Pass(error, mean, logVariance);
  }

  private List<Tensor> error(Method method) {
    return List.of(pass(method).error());
  }

  private List<Tensor> loss(Method method) {
    Pass pass = pass(method);
    Tensor logVariance = pass.logVariance();
    Tensor square = pass.mean().square();
    Tensor distance = square.plus(logVariance.exp()).minus(logVariance).plus(-1).times(0.5).mean();
    return List.of(pass.error().plus(distance.times(normality)));
  }

  /**
   * Peak signal-to-noise ratio in decibels.
   *
   * @param error mean squared error of pictures in [-1, 1]
   */
  public static double psnr(double error) {
    return 10 * StrictMath.log10(PEAK_SQUARED / error);
  }

  /**
   * The standard deviation that a logarithm of a variance stands for.
   *
   * @param logVariance bounded as in training
   */
  public static double deviation(double logVariance) {
    double bounded = Math.max(LEAST_LOG_VARIANCE, Math.min(MOST_LOG_VARIANCE, logVariance));
    return StrictMath.exp(bounded / 2);
  }
}
