package dev.cascadefarm.diffusion.diffusers;

/**
 * How the residual blocks of one place work.
 *
 * @param normalization of both halves
 * @param activation after each normalisation, and of the embedding
 * @param scaleShift whether the embedding scales and shifts after the second normalisation, rather
 *     than being added before it
 * @param bareEmbedding whether the embedding is taken without the activation
 * @param outputDivisor of the sum at the end
 */
public record ResnetSettings(
    Normalization normalization,
    Activation activation,
    boolean scaleShift,
    boolean bareEmbedding,
    double outputDivisor) {
  /** The plain form, without a divisor. */
  public static ResnetSettings plain(
      Normalization normalization, Activation activation, boolean scaleShift) {
    return new ResnetSettings(normalization, activation, scaleShift, false, 1);
  }
}
