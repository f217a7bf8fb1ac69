package dev.cascadefarm.diffusion.sampler;

import dev.cascadefarm.diffusion.schedule.NoiseSchedule;

/**
 * PNDM as published (Liu et al. 2022, arXiv 2202.09778, algorithm 2): three steps of the pseudo
 * Runge-Kutta method, four rows each, then the multistep method. The history is the last three e of
 * {@link PndmRows}, and within a Runge-Kutta step what its last row needs.
 */
record PndmPrk(SamplerOptions options) implements Sampler {
  private static final int HISTORY = PndmRows.KEPT + 1;
  private static final int SCRATCH = HISTORY;
  private static final int RUNGE_KUTTA_STEPS = 3;

  @Override
  public int history() {
    return HISTORY;
  }

  @Override
  public SamplerTable table(NoiseSchedule schedule, Objective objective, Steps steps) {
    int count = steps.count();
    double[] timesteps = Timesteps.whole(schedule, count, options);
    if (count <= RUNGE_KUTTA_STEPS) {
      throw new IllegalArgumentException(
          "steps: %d (expected: %d to %d for pndm_prk)"
              .formatted(count, RUNGE_KUTTA_STEPS + 1, schedule.timesteps()));
    }
    if (steps.first() > 0) {
      throw new IllegalArgumentException(
          "first: " + steps.first() + " (expected: 0, for pndm_prk starts from noise alone)");
    }
    PndmRows rows = new PndmRows(schedule, objective, options.habits(), HISTORY);
    int stride = schedule.timesteps() / count;
    for (int i = 0; i < RUNGE_KUTTA_STEPS; i++) {
      rungeKutta(rows, (int) timesteps[i], (int) timesteps[i + 1], stride / 2);
    }
    for (int i = RUNGE_KUTTA_STEPS; i < count; i++) {
      int t = (int) timesteps[i];
      int next = i + 1 < count ? (int) timesteps[i + 1] : -1;
      rows.multistep(t, options.habits().likeDiffusers() ? t - stride : next, PndmRows.KEPT);
    }
    int start = (int) timesteps[0];
    return new SamplerTable(rows.rows(), HISTORY, 1, Noising.at(schedule, start));
  }

  /** Four rows from one timestep to the next, of which the middle two look half-way. */
  private void rungeKutta(PndmRows rows, int from, int to, int half) {
    int middle = to + half;
    PndmRows.Line first = rows.line(from, options.habits().likeDiffusers() ? from - half : middle);
    PndmRows.Line second = rows.line(from, middle);
    PndmRows.Line whole = rows.line(from, to);
    start(rows, from, first);
    returnFromFirst(rows, middle, first, second);
    returnFromSecond(rows, middle, second, whole);
    finish(rows, to, whole);
  }

  /** Half the way by the first e, which is kept. */
  private static void start(PndmRows rows, int told, PndmRows.Line line) {
    double[][] next = rows.empty();
    next[0][0] = line.base();
    rows.addE(next[0], told, line.e());
    rows.keep(next, told);
    rows.add(told, next);
  }

  /** Half the way again by the second e; the start is where {@code before} came from. */
  private static void returnFromFirst(
      PndmRows rows, int told, PndmRows.Line before, PndmRows.Line line) {
    double[][] next = rows.empty();
    double back = line.base() / before.base();
    next[0][0] = back;
    next[0][1] = -back * before.e();
    rows.addE(next[0], told, line.e());
    keepAll(next);
    rows.addE(next[SCRATCH], told, 1);
    rows.add(told, next);
  }

  /** The whole way by the third e; kept is the whole way by all but the fourth. */
  private static void returnFromSecond(
      PndmRows rows, int told, PndmRows.Line before, PndmRows.Line line) {
    double[][] next = rows.empty();
    double back = line.base() / before.base();
    next[0][0] = back;
    next[0][SCRATCH] = -back * before.e();
    rows.addE(next[0], told, line.e());
    keepAll(next);
    next[SCRATCH][0] = back;
    next[SCRATCH][1] = line.e() / 6;
    next[SCRATCH][SCRATCH] = -back * before.e() + line.e() / 3;
    rows.addE(next[SCRATCH], told, line.e() / 3);
    rows.add(told, next);
  }

  private static void finish(PndmRows rows, int told, PndmRows.Line line) {
    double[][] next = rows.empty();
    next[0][SCRATCH] = 1;
    rows.addE(next[0], told, line.e() / 6);
    keepAll(next);
    rows.add(told, next);
  }

  private static void keepAll(double[][] next) {
    for (int k = 1; k <= PndmRows.KEPT; k++) {
      next[k][k] = 1;
    }
  }
}
