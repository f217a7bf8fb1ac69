package dev.cascadefarm.diffusion.unclip;

import static dev.cascadefarm.diffusion.graph.Tensor.ANY;

import dev.cascadefarm.diffusion.graph.Tensor;
import dev.cascadefarm.diffusion.sampler.Objective;
import dev.cascadefarm.diffusion.schedule.NoiseSchedule;
import dev.cascadefarm.diffusion.stage.HostTensor;

/**
 * The numbers that tell a loss how far each sample is noised and what to predict, {@code (B, R)};
 * here both ends know the layout, the one that packs and the one in the graph.
 */
public final class NoiseLevels {
  /** Numbers of a sample, R. */
  static final int WIDTH = 5;

  private static final int TIMESTEP = 0;
  private static final int SIGNAL = 1;
  private static final int SPREAD = 2;
  private static final int TARGET_FROM_X0 = 3;
  private static final int TARGET_FROM_NOISE = 4;

  private final Tensor rows;

  NoiseLevels(Tensor rows) {
    this.rows = rows;
  }

  /**
   * The rows of a batch.
   *
   * @param times timestep of each sample
   * @return {@code (B, R)}
   */
  public static HostTensor rows(NoiseSchedule schedule, Objective objective, int[] times) {
    float[] rows = new float[times.length * WIDTH];
    for (int i = 0; i < times.length; i++) {
      double[] target = objective.target(schedule.alphaBar(times[i]));
      rows[i * WIDTH + TIMESTEP] = times[i];
      rows[i * WIDTH + SIGNAL] = (float) schedule.signalAt(times[i]);
      rows[i * WIDTH + SPREAD] = (float) schedule.spreadAt(times[i]);
      rows[i * WIDTH + TARGET_FROM_X0] = (float) target[0];
      rows[i * WIDTH + TARGET_FROM_NOISE] = (float) target[1];
    }
    return HostTensor.of(rows, times.length, WIDTH);
  }

  Tensor timestep() {
    return rows.narrow(1, TIMESTEP, 1).reshape(ANY);
  }

  /** {@code x0} and {@code noise} have their samples along the first dimension. */
  Tensor noised(Tensor x0, Tensor noise) {
    return column(SIGNAL, x0).times(x0).plus(column(SPREAD, x0).times(noise));
  }

  Tensor target(Tensor x0, Tensor noise) {
    return column(TARGET_FROM_X0, x0).times(x0).plus(column(TARGET_FROM_NOISE, x0).times(noise));
  }

  /** {@code (B, 1, …)} with as many dimensions as {@code like}. */
  private Tensor column(int index, Tensor like) {
    Tensor column = rows.narrow(1, index, 1);
    while (column.rank() < like.rank()) {
      column = column.unsqueeze(-1);
    }
    return column;
  }
}
