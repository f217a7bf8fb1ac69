package dev.cascadefarm.diffusion.schedule;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.List;

/**
 * A schedule by its β, the share of the variance that each timestep replaces by noise, as diffusers
 * describes and rounds it: β are float32, and so is every ᾱ.
 *
 * @param curve how β rise
 * @param first β of the first timestep; read by {@link Curve#LINEAR} and {@link
 *     Curve#SCALED_LINEAR}
 * @param last β of the last timestep; read by the same
 * @param given every β; empty but for {@link Curve#GIVEN}
 * @param ending how little signal is left at the last timestep
 */
public record Betas(Curve curve, double first, double last, List<Double> given, Ending ending) {
  /** As good as no signal: the smallest positive number of a 16-bit float. */
  private static final double NEARLY_ZERO = 0x1p-24;

  /** How β rise. */
  public enum Curve {
    /** In equal steps. */
    @JsonProperty("linear")
    LINEAR,
    /** √β in equal steps, as in latent diffusion. */
    @JsonProperty("scaled_linear")
    SCALED_LINEAR,
    /** So that ᾱ falls as a squared cosine (Nichol and Dhariwal 2021), β at most 0.999. */
    @JsonProperty("squaredcos_cap_v2")
    COSINE,
    /** As given, one by one. */
    @JsonProperty("given")
    GIVEN
  }

  /** What becomes of the last timestep's ᾱ. */
  public enum Ending {
    /** What the β leave. */
    @JsonProperty("as_is")
    AS_IS,
    /** All √ᾱ are shifted and scaled so that the last is 0 (Lin et al. 2023, algorithm 1). */
    @JsonProperty("zero")
    ZERO,
    /** As {@link #ZERO}, but the last ᾱ is 2⁻²⁴, for samplers that divide by it. */
    @JsonProperty("nearly_zero")
    NEARLY_ZERO
  }

  public Betas {
    given = List.copyOf(given);
    boolean range = curve == Curve.LINEAR || curve == Curve.SCALED_LINEAR;
    if (range && !(first > 0 && last >= first && last < 1)) {
      throw new IllegalArgumentException(
          "beta: %s to %s (expected: 0 < first <= last < 1)".formatted(first, last));
    }
    if (given.isEmpty() == (curve == Curve.GIVEN)) {
      throw new IllegalArgumentException(
          "betas: %d given (expected: %s)"
              .formatted(given.size(), curve == Curve.GIVEN ? ">= 1" : "none for this curve"));
    }
    for (double beta : given) {
      if (!(beta > 0 && beta < 1)) {
        throw new IllegalArgumentException("beta: " + beta + " (expected: between 0 and 1)");
      }
    }
  }

  /** β that rise in equal steps. */
  public static Betas linear(double first, double last) {
    return new Betas(Curve.LINEAR, first, last, List.of(), Ending.AS_IS);
  }

  /** β whose roots rise in equal steps. */
  public static Betas scaledLinear(double first, double last) {
    return new Betas(Curve.SCALED_LINEAR, first, last, List.of(), Ending.AS_IS);
  }

  /** The same β with another ending. */
  public Betas ending(Ending wanted) {
    return new Betas(curve, first, last, given, wanted);
  }

  /**
   * β of every timestep.
   *
   * @throws IllegalArgumentException if there cannot be so many
   */
  double[] rounded(int timesteps) {
    if (timesteps < 2) {
      throw new IllegalArgumentException("timesteps: " + timesteps + " (expected: >= 2)");
    }
    if (curve == Curve.GIVEN && given.size() != timesteps) {
      throw new IllegalArgumentException(
          "betas: %d given (expected: %d, as timesteps)".formatted(given.size(), timesteps));
    }
    float[] betas = betas(timesteps);
    return doubles(ending == Ending.AS_IS ? betas : rescaled(products(betas)));
  }

  /** ᾱ of every timestep. */
  double[] alphaBars(double[] rounded) {
    float[] betas = new float[rounded.length];
    for (int t = 0; t < betas.length; t++) {
      betas[t] = (float) rounded[t];
    }
    double[] alphaBars = doubles(products(betas));
    if (ending == Ending.NEARLY_ZERO) {
      alphaBars[alphaBars.length - 1] = NEARLY_ZERO;
    }
    return alphaBars;
  }

  private static double[] doubles(float[] numbers) {
    double[] doubles = new double[numbers.length];
    for (int i = 0; i < numbers.length; i++) {
      doubles[i] = numbers[i];
    }
    return doubles;
  }

  private float[] betas(int timesteps) {
    return switch (curve) {
      case LINEAR -> evenly(first, last, timesteps);
      case SCALED_LINEAR -> {
        float[] roots = evenly(Math.sqrt(first), Math.sqrt(last), timesteps);
        for (int t = 0; t < timesteps; t++) {
          roots[t] *= roots[t];
        }
        yield roots;
      }
      case COSINE -> {
        float[] betas = new float[timesteps];
        for (int t = 0; t < timesteps; t++) {
          betas[t] = (float) NoiseSchedule.cosineBeta(t, timesteps);
        }
        yield betas;
      }
      case GIVEN -> {
        float[] betas = new float[timesteps];
        for (int t = 0; t < timesteps; t++) {
          betas[t] = given.get(t).floatValue();
        }
        yield betas;
      }
    };
  }

  /** As PyTorch's {@code linspace} rounds: from both ends towards the middle. */
  private static float[] evenly(double from, double to, int count) {
    float start = (float) from;
    float end = (float) to;
    float step = (end - start) / (count - 1);
    float[] numbers = new float[count];
    for (int i = 0; i < count; i++) {
      numbers[i] =
          i < count / 2
              ? Math.fma(step, (float) i, start)
              : Math.fma(-step, (float) (count - 1 - i), end);
    }
    return numbers;
  }

  private static float[] products(float[] betas) {
    double product = 1;
    float[] alphaBars = new float[betas.length];
    for (int t = 0; t < betas.length; t++) {
      product *= 1 - betas[t];
      alphaBars[t] = (float) product;
    }
    return alphaBars;
  }

  /** β that leave no signal at the end and as much as before at the start. */
  private static float[] rescaled(float[] alphaBars) {
    int count = alphaBars.length;
    float[] roots = new float[count];
    for (int t = 0; t < count; t++) {
      roots[t] = (float) Math.sqrt(alphaBars[t]);
    }
    float end = roots[count - 1];
    float scale = roots[0] / (roots[0] - end);
    float[] betas = new float[count];
    float before = 1;
    for (int t = 0; t < count; t++) {
      float root = (roots[t] - end) * scale;
      float alphaBar = root * root;
      betas[t] = 1 - alphaBar / before;
      before = alphaBar;
    }
    return betas;
  }
}
