package dev.cascadefarm.diffusion.sampler;

import dev.cascadefarm.diffusion.schedule.NoiseSchedule;
import java.util.ArrayList;
import java.util.List;

/**
 * Rows of pseudo numerical methods (Liu et al. 2022, arXiv 2202.09778): a step along the straight
 * line of equation 11, in a direction combined from several predictions. What is combined is called
 * e: ε, or v as it is where diffusers does so. The history begins with the last three e.
 */
final class PndmRows {
  /** Last e kept. */
  static final int KEPT = 3;

  /** Weights of the newest e and those before it (Adams and Bashforth), by how many are kept. */
  private static final double[][] MULTISTEP = {
    {1},
    {3 / 2.0, -1 / 2.0},
    {23 / 12.0, -16 / 12.0, 5 / 12.0},
    {55 / 24.0, -59 / 24.0, 37 / 24.0, -9 / 24.0}
  };

  private final NoiseSchedule schedule;
  private final Objective objective;
  private final SamplerHabits habits;
  private final int history;
  private final List<Row> rows = new ArrayList<>();

  PndmRows(NoiseSchedule schedule, Objective objective, SamplerHabits habits, int history) {
    this.schedule = schedule;
    this.objective = objective;
    this.habits = habits;
    this.history = history;
  }

  List<Row> rows() {
    return rows;
  }

  /** A step of order 1 + {@code known} that keeps its e. */
  void multistep(int from, int to, int known) {
    Line line = line(from, to);
    double[][] next = empty();
    next[0][0] = line.base();
    double[] weights = MULTISTEP[known];
    addE(next[0], from, line.e() * weights[0]);
    for (int k = 1; k <= known; k++) {
      next[0][k] += line.e() * weights[k];
    }
    keep(next, from);
    add(from, next);
  }

  /** Adds a row of the model told {@code timestep}. */
  void add(int timestep, double[][] next) {
    double[] toX0 = objective.toX0(schedule.alphaBar(timestep));
    rows.add(new Row(timestep, 1, toX0[0], toX0[1], next));
  }

  double[][] empty() {
    return new double[1 + history][1 + history + 3];
  }

  /** Pushes e at {@code timestep} into the history. */
  void keep(double[][] next, int timestep) {
    addE(next[1], timestep, 1);
    for (int k = 2; k <= KEPT; k++) {
      next[k][k - 1] = 1;
    }
  }

  /** Adds {@code weight} times e, which x and x₀' give. */
  void addE(double[] row, int timestep, double weight) {
    double alphaBar = schedule.alphaBar(timestep);
    double signal = Math.sqrt(alphaBar);
    double spread = Math.sqrt(1 - alphaBar);
    row[0] += weight * (combinesV() ? signal : 1) / spread;
    row[1 + history] -= weight * (combinesV() ? 1 : signal) / spread;
  }

  /**
   * A straight way from one level to another: the next x is base · x + e · e.
   *
   * @param base weight of the x it starts from
   * @param e weight of the combined e
   */
  record Line(double base, double e) {}

  Line line(int from, int to) {
    double alphaBar = schedule.alphaBar(from);
    if (alphaBar == 0) {
      throw new IllegalArgumentException(
          "alphaBar: 0 at timestep %d (expected: > 0 for this sampler)".formatted(from));
    }
    double next = schedule.alphaBar(to < 0 && !habits.endsClean() ? 0 : to);
    double base = Math.sqrt(next / alphaBar);
    double epsilon =
        -(next - alphaBar)
            / (alphaBar * Math.sqrt(1 - next) + Math.sqrt(alphaBar * (1 - alphaBar) * next));
    return combinesV()
        ? new Line(base + epsilon * Math.sqrt(1 - alphaBar), epsilon * Math.sqrt(alphaBar))
        : new Line(base, epsilon);
  }

  private boolean combinesV() {
    return habits.likeDiffusers() && objective == Objective.V;
  }
}
