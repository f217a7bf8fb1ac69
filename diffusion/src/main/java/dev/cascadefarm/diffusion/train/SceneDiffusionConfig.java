package dev.cascadefarm.diffusion.train;

/**
 * What a diffusion stage of the scenes learns from, and how it draws.
 *
 * @param side of its pictures, in pixels
 * @param lowresSide of the pictures it enlarges; 0 for a base stage
 * @param cropping what it is trained on at first; whole pictures follow, whose statistics a
 *     normalization layer meets when it draws
 * @param training noise and objective
 * @param drawing defaults of the finished stage
 */
public record SceneDiffusionConfig(
    int side, int lowresSide, Cropping cropping, DiffusionTraining training, Drawing drawing) {
  /**
   * Squares out of pictures. They cost less than the whole, so that more different ones fit into a
   * batch.
   *
   * @param side in pixels
   * @param batch samples in a batch
   * @param steps that many; 0 for none
   */
  public record Cropping(int side, int batch, int steps) {
    /** Whole pictures from the first step on. */
    public static final Cropping NONE = new Cropping(0, 0, 0);
  }

  /**
   * How a finished stage draws unless a job says otherwise.
   *
   * @param steps of its sampler
   * @param guidance weight of the caption; 1 is off
   */
  public record Drawing(int steps, double guidance) {}

  /** Whether crops are shown at a 0-based step. */
  boolean crops(long step) {
    return step < cropping.steps();
  }

  /** Side of what is seen of a picture at a 0-based step. */
  int sideAt(long step) {
    return crops(step) ? cropping.side() : side;
  }
}
