package dev.cascadefarm.diffusion.sampler;

import dev.cascadefarm.diffusion.schedule.NoiseSchedule;
import java.util.ArrayList;
import java.util.List;

/**
 * Denoising diffusion implicit models (Song et al. 2020, arXiv 2010.02502, equation 12), with ε
 * made to agree with the thresholded x₀.
 *
 * @param eta 0 is deterministic, 1 draws as much noise as DDPM
 */
record Ddim(double eta) implements Sampler {
  Ddim {
    if (!(eta >= 0 && eta <= 1)) {
      throw new IllegalArgumentException("eta: " + eta + " (expected: 0 to 1)");
    }
  }

  @Override
  public SamplerTable table(NoiseSchedule schedule, Objective objective, int steps) {
    List<Integer> timesteps = Sampler.timesteps(schedule, steps);
    List<Row> rows = new ArrayList<>();
    for (int i = 0; i < steps; i++) {
      int t = timesteps.get(i);
      int next = i + 1 < steps ? timesteps.get(i + 1) : -1;
      rows.add(row(objective, t, schedule.alphaBar(t), schedule.alphaBar(next)));
    }
    return new SamplerTable(rows, 0, 1);
  }

  private Row row(Objective objective, int t, double alphaBar, double alphaBarNext) {
    double[] toX0 = objective.toX0(alphaBar);
    double sigma =
        eta
            * Math.sqrt((1 - alphaBarNext) / (1 - alphaBar))
            * Math.sqrt(1 - alphaBar / alphaBarNext);
    double direction = Math.sqrt(Math.max(0, 1 - alphaBarNext - sigma * sigma));
    // x' = √ᾱ' x₀' + direction · ε, where ε = (x − √ᾱ x₀') / √(1−ᾱ)
    double fromX = direction / Math.sqrt(1 - alphaBar);
    double fromX0 = Math.sqrt(alphaBarNext) - fromX * Math.sqrt(alphaBar);
    return new Row(t, 1, toX0[0], toX0[1], new double[][] {{fromX, fromX0, 0, sigma}});
  }
}
