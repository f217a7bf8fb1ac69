package dev.cascadefarm.diffusion.sampler;

import dev.cascadefarm.diffusion.schedule.NoiseSchedule;
import java.util.ArrayList;
import java.util.List;

/**
 * The linear multistep method of PNDM without a Runge-Kutta start (Liu et al. 2022, arXiv
 * 2202.09778, as in latent diffusion): the first step is made twice, the second time with the mean
 * of both predictions, so that a run has a row more than steps. The history is the last three e of
 * {@link PndmRows}, and after the first row the x it started from.
 *
 * <p>A run that starts from a picture begins anew at its first step. With the habits of diffusers
 * it does not: the first step it leaves out is the repeated one, and from then on every row is told
 * a timestep one step ahead of its x.
 */
record Pndm(SamplerOptions options) implements Sampler {
  private static final int SAVED_X = 2;

  @Override
  public int history() {
    return PndmRows.KEPT;
  }

  @Override
  public SamplerTable table(NoiseSchedule schedule, Objective objective, Steps steps) {
    double[] timesteps = Timesteps.whole(schedule, steps.count(), options);
    List<Integer> told = told(timesteps, steps.first());
    PndmRows rows = new PndmRows(schedule, objective, options.habits(), PndmRows.KEPT);
    int stride = schedule.timesteps() / steps.count();
    for (int i = 0; i < told.size(); i++) {
      int t = told.get(i);
      if (i == 0) {
        first(rows, t, after(told, i + 1, t - stride));
      } else if (i == 1) {
        second(rows, t, options.habits().likeDiffusers() ? t + stride : told.get(0));
      } else {
        rows.multistep(t, after(told, i + 1, t - stride), Math.min(PndmRows.KEPT, i - 1));
      }
    }
    return new SamplerTable(rows.rows(), PndmRows.KEPT, 1, Noising.at(schedule, told.get(0)));
  }

  /** What the model is told, row by row. */
  private List<Integer> told(double[] timesteps, int first) {
    if (options.habits().likeDiffusers()) {
      List<Integer> all = doubled(timesteps, 0);
      return all.subList(first, all.size());
    }
    return doubled(timesteps, first);
  }

  /** Where a step leads: to the next row's timestep, or as many timesteps down as all steps do. */
  private int after(List<Integer> told, int row, int strideDown) {
    if (options.habits().likeDiffusers()) {
      return strideDown;
    }
    return row < told.size() ? told.get(row) : -1;
  }

  /** The timesteps from the {@code first}, the second of them twice. */
  private static List<Integer> doubled(double[] timesteps, int first) {
    List<Integer> told = new ArrayList<>();
    for (int i = first; i < timesteps.length; i++) {
      told.add((int) timesteps[i]);
      if (i == first + 1) {
        told.add((int) timesteps[i]);
      }
    }
    return told;
  }

  private static void first(PndmRows rows, int from, int to) {
    PndmRows.Line line = rows.line(from, to);
    double[][] next = rows.empty();
    next[0][0] = line.base();
    rows.addE(next[0], from, line.e());
    rows.addE(next[1], from, 1);
    next[SAVED_X][0] = 1;
    rows.add(from, next);
  }

  private static void second(PndmRows rows, int to, int from) {
    PndmRows.Line line = rows.line(from, to);
    double[][] next = rows.empty();
    next[0][SAVED_X] = line.base();
    rows.addE(next[0], to, line.e() / 2);
    next[0][1] = line.e() / 2;
    next[1][1] = 1;
    rows.add(to, next);
  }
}
