package dev.cascadefarm.diffusion.denoise;

import static dev.cascadefarm.diffusion.graph.Tensor.ANY;

import dev.cascadefarm.diffusion.graph.Tensor;

/**
 * The numbers that tell the loss how far each sample is noised and what to predict, laid out as
 * {@code (B, R)}; here both ends know the layout, the one that packs and the one in the graph.
 */
public final class LossRow {
  /** Numbers in a row, R. */
  public static final int WIDTH = 9;

  private static final int TIMESTEP = 0;
  private static final int SIGNAL = 1;
  private static final int SPREAD = 2;
  private static final int TARGET_FROM_X0 = 3;
  private static final int TARGET_FROM_NOISE = 4;
  private static final int WEIGHT = 5;
  private static final int LOWRES_TIME = 6;
  private static final int LOWRES_SIGNAL = 7;
  private static final int LOWRES_SPREAD = 8;

  private final Tensor rows;

  /**
   * The rows of a batch.
   *
   * @param rows {@code (B, R)}
   */
  public LossRow(Tensor rows) {
    this.rows = rows;
  }

  /** Packs one sample's row at {@code offset}. */
  static void pack(TrainingObjective of, int time, int lowresTime, float[] rows, int offset) {
    double alphaBar = of.schedule().alphaBar(time);
    double[] target = of.objective().target(alphaBar);
    rows[offset + TIMESTEP] = time;
    rows[offset + SIGNAL] = (float) of.schedule().signalAt(time);
    rows[offset + SPREAD] = (float) of.schedule().spreadAt(time);
    rows[offset + TARGET_FROM_X0] = (float) target[0];
    rows[offset + TARGET_FROM_NOISE] = (float) target[1];
    rows[offset + WEIGHT] = (float) of.weight(alphaBar);
    rows[offset + LOWRES_TIME] = lowresTime;
    rows[offset + LOWRES_SIGNAL] = (float) of.schedule().signalAt(lowresTime);
    rows[offset + LOWRES_SPREAD] = (float) of.schedule().spreadAt(lowresTime);
  }

  public Tensor timestep() {
    return flat(TIMESTEP);
  }

  public Tensor lowresTime() {
    return flat(LOWRES_TIME);
  }

  /** x as the network sees it. */
  public Tensor noised(Tensor x0, Tensor noise) {
    return column(SIGNAL).times(x0).plus(column(SPREAD).times(noise));
  }

  /** The small picture as the network sees it. */
  public Tensor noisedLowres(Tensor lowres, Tensor noise) {
    return column(LOWRES_SIGNAL).times(lowres).plus(column(LOWRES_SPREAD).times(noise));
  }

  private Tensor target(Tensor x0, Tensor noise) {
    return column(TARGET_FROM_X0).times(x0).plus(column(TARGET_FROM_NOISE).times(noise));
  }

  /** The mean weighted loss of a prediction. */
  public Tensor loss(LossKind kind, Tensor prediction, Tensor x0, Tensor noise) {
    return kind.of(prediction.minus(target(x0, noise))).times(column(WEIGHT)).mean();
  }

  private Tensor flat(int index) {
    return rows.narrow(1, index, 1).reshape(ANY);
  }

  /** {@code (B, 1, 1, 1)}. */
  private Tensor column(int index) {
    return rows.narrow(1, index, 1).unsqueeze(2).unsqueeze(3);
  }
}
