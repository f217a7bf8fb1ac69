package dev.cascadefarm.diffusion.sampler;

import dev.cascadefarm.diffusion.schedule.NoiseSchedule;
import java.util.ArrayList;
import java.util.List;

/**
 * Denoising diffusion implicit models (Song et al. 2020, arXiv 2010.02502, equation 12), with ε
 * made to agree with the thresholded x₀ unless the options keep the predicted one.
 */
record Ddim(SamplerOptions options) implements Sampler {
  @Override
  public SamplerTable table(NoiseSchedule schedule, Objective objective, Steps steps) {
    double[] timesteps = Timesteps.whole(schedule, steps.count(), options);
    List<Row> rows = new ArrayList<>();
    for (int i = steps.first(); i < steps.count(); i++) {
      int t = (int) timesteps[i];
      int next = i + 1 < steps.count() ? (int) timesteps[i + 1] : -1;
      if (options.habits().likeDiffusers()) {
        next = t - schedule.timesteps() / steps.count();
      }
      boolean clean = next >= 0 || options.habits().endsClean();
      rows.add(row(objective, t, schedule.alphaBar(t), schedule.alphaBar(clean ? next : 0)));
    }
    return new SamplerTable(rows, 0, 1, Noising.at(schedule, (int) timesteps[steps.first()]));
  }

  private Row row(Objective objective, int t, double alphaBar, double alphaBarNext) {
    double[] toX0 = objective.toX0(alphaBar);
    double sigma =
        options.eta()
            * Math.sqrt((1 - alphaBarNext) / (1 - alphaBar))
            * Math.sqrt(1 - alphaBar / alphaBarNext);
    double direction = Math.sqrt(Math.max(0, 1 - alphaBarNext - sigma * sigma));
    // x' = √ᾱ' x₀' + direction · ε, where ε = (x − √ᾱ x₀) / √(1−ᾱ)
    double fromX = direction / Math.sqrt(1 - alphaBar);
    double fromX0 = -fromX * Math.sqrt(alphaBar);
    double[] next =
        options.habits().likeDiffusers()
            ? new double[] {
              fromX + fromX0 * toX0[0], Math.sqrt(alphaBarNext), fromX0 * toX0[1], sigma
            }
            : new double[] {fromX, Math.sqrt(alphaBarNext) + fromX0, 0, sigma};
    return new Row(t, 1, toX0[0], toX0[1], new double[][] {next});
  }
}
