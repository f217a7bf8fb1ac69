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
  private static final int GUIDANCE = 2;
  private static final int LOWRES_TIME = 3;
  private static final int VARIANCE_SLOPE = 4;
  private static final int VARIANCE_OFFSET = 5;

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
    float[] packed = new float[width(learnsVariance)];
    packed[TIMESTEP] = (float) row.timestep();
    packed[INPUT_SCALE] = (float) row.inputScale();
    packed[GUIDANCE] = (float) settings.guidance();
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

  Tensor guidance() {
    return column(GUIDANCE);
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
