package dev.cascadefarm.diffusion.train;

/**
 * What a diffusion stage of the scenes learns from, and how it draws.
 *
 * @param side of its pictures, in pixels
 * @param lowresSide of the pictures it enlarges; 0 for a base stage
 * @param cropSide of the crops it is trained on at first
 * @param cropSteps steps on crops; whole pictures follow, whose statistics a normalization layer
 *     meets when it draws
 * @param training noise and objective
 * @param drawing defaults of the finished stage
 */
public record SceneDiffusionConfig(
    int side,
    int lowresSide,
    int cropSide,
    int cropSteps,
    DiffusionTraining training,
    Drawing drawing) {
  /**
   * How a finished stage draws unless a job says otherwise.
   *
   * @param steps of its sampler
   * @param guidance weight of the caption; 1 is off
   */
  public record Drawing(int steps, double guidance) {}

  /** Side of what is seen of a picture at a 0-based step. */
  int sideAt(long step) {
    return step < cropSteps ? cropSide : side;
  }
}
