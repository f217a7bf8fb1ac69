package dev.cascadefarm.diffusion.denoise;

import static dev.cascadefarm.diffusion.graph.Tensor.ANY;

import dev.cascadefarm.diffusion.graph.Tensor;
import dev.cascadefarm.diffusion.sampler.Row;

/**
 * The numbers that tell one model call what to do with each sample, laid out as {@code (B, R)};
 * here both ends know the layout, the one that packs and the one in the graph.
 */
final class StepRow {
  private static final int TIMESTEP = 0;
  private static final int INPUT_SCALE = 1;
  private static final int X0_FROM_X = 2;
  private static final int X0_FROM_PREDICTION = 3;
  private static final int GUIDANCE = 4;
  private static final int PERCENTILE = 5;
  private static final int FLOOR = 6;
  private static final int CAP = 7;
  private static final int DIVIDES = 8;
  private static final int LOWRES_TIME = 9;
  private static final int VARIANCE_SLOPE = 10;
  private static final int VARIANCE_OFFSET = 11;

  private final Tensor rows;

  StepRow(Tensor rows) {
    this.rows = rows;
  }

  /** Numbers in a row, R. Only where the variance is learned does it have a place. */
  static int width(boolean learnsVariance) {
    return learnsVariance ? VARIANCE_OFFSET + 1 : VARIANCE_SLOPE;
  }

  /** Packs what one sample does at one row. */
  static float[] pack(Row row, StepSettings settings, boolean learnsVariance) {
    Threshold threshold = settings.threshold();
    float[] packed = new float[width(learnsVariance)];
    packed[TIMESTEP] = (float) row.timestep();
    packed[INPUT_SCALE] = (float) row.inputScale();
    packed[X0_FROM_X] = (float) row.x0FromX();
    packed[X0_FROM_PREDICTION] = (float) row.x0FromPrediction();
    packed[GUIDANCE] = (float) settings.guidance();
    packed[PERCENTILE] = (float) threshold.percentile();
    packed[FLOOR] = (float) threshold.floor();
    packed[CAP] = (float) threshold.cap();
    packed[DIVIDES] = threshold.divides() ? 1 : 0;
    packed[LOWRES_TIME] = settings.lowresTime();
    if (learnsVariance) {
      packed[VARIANCE_SLOPE] = (float) row.learned().slope();
      packed[VARIANCE_OFFSET] = (float) row.learned().offset();
    }
    return packed;
  }

  Tensor timestep() {
    return flat(TIMESTEP);
  }

  Tensor lowresTime() {
    return flat(LOWRES_TIME);
  }

  Tensor inputScale() {
    return column(INPUT_SCALE);
  }

  Tensor x0FromX() {
    return column(X0_FROM_X);
  }

  Tensor x0FromPrediction() {
    return column(X0_FROM_PREDICTION);
  }

  Tensor guidance() {
    return column(GUIDANCE);
  }

  /** {@code (B, 1)}. */
  Tensor percentile() {
    return rows.narrow(1, PERCENTILE, 1);
  }

  /** {@code (B, 1)}. */
  Tensor floor() {
    return rows.narrow(1, FLOOR, 1);
  }

  /** {@code (B, 1)}. */
  Tensor cap() {
    return rows.narrow(1, CAP, 1);
  }

  Tensor divides() {
    return column(DIVIDES).greaterThan(0.5);
  }

  /** The logarithm of the variance that the model's own channels stand for. */
  Tensor variance(Tensor channels) {
    return column(VARIANCE_SLOPE).times(channels).plus(column(VARIANCE_OFFSET));
  }

  private Tensor flat(int index) {
    return rows.narrow(1, index, 1).reshape(ANY);
  }

  /** {@code (B, 1, 1, 1)}. */
  private Tensor column(int index) {
    return rows.narrow(1, index, 1).unsqueeze(2).unsqueeze(3);
  }
}
