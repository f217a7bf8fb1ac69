package dev.cascadefarm.diffusion.python;

import dev.cascadefarm.diffusion.denoise.StepSettings;
import dev.cascadefarm.diffusion.denoise.TrainingObjective;
import dev.cascadefarm.diffusion.imagen.UnetConfig;
import dev.cascadefarm.diffusion.runner.TinyStages;
import dev.cascadefarm.diffusion.sampler.Objective;
import dev.cascadefarm.diffusion.sampler.Row;
import dev.cascadefarm.diffusion.sampler.Sampler;
import dev.cascadefarm.diffusion.sampler.SamplerOptions;
import dev.cascadefarm.diffusion.sampler.Spacing;
import dev.cascadefarm.diffusion.schedule.NoiseSchedule;
import dev.cascadefarm.diffusion.stage.HostTensor;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Inputs for a {@code Denoiser} of {@link TinyStages}: each sample at its own row of its own run.
 */
record DenoiserInputs(Draws draws, int batch, int side, boolean enlarges) {
  private static final int TIMESTEPS = 100;
  private static final int STEPS = 10;
  private static final NoiseSchedule SCHEDULE = NoiseSchedule.cosine(TIMESTEPS);

  /** For sampling, in the order of its inputs. */
  Map<String, HostTensor> denoise(boolean guided) {
    Map<String, HostTensor> inputs = new LinkedHashMap<>();
    inputs.put("x", draws.normals(batch, 3, side, side));
    inputs.put("row", rows());
    caption(inputs, "");
    if (guided) {
      caption(inputs, "other_");
    }
    if (enlarges) {
      inputs.put("lowres", draws.normals(batch, 3, side, side));
    }
    return inputs;
  }

  /** For the training loss, in the order of its inputs. */
  Map<String, HostTensor> loss() {
    Map<String, HostTensor> inputs = new LinkedHashMap<>();
    inputs.put("picture", draws.normals(batch, 3, side, side));
    inputs.put("noise", draws.normals(batch, 3, side, side));
    TrainingObjective objective = TrainingObjective.unweighted(SCHEDULE, Objective.V);
    inputs.put("row", objective.rows(times(), enlarges ? times() : new int[batch]));
    caption(inputs, "");
    if (enlarges) {
      inputs.put("lowres", draws.normals(batch, 3, side, side));
      inputs.put("lowres_noise", draws.normals(batch, 3, side, side));
    }
    return inputs;
  }

  private int[] times() {
    int[] times = new int[batch];
    for (int sample = 0; sample < batch; sample++) {
      times[sample] = draws.between(0, TIMESTEPS - 1);
    }
    return times;
  }

  private HostTensor rows() {
    float[][] rows = new float[batch][];
    for (int sample = 0; sample < batch; sample++) {
      rows[sample] = row();
    }
    float[] all = new float[batch * rows[0].length];
    for (int sample = 0; sample < batch; sample++) {
      System.arraycopy(rows[sample], 0, all, sample * rows[0].length, rows[0].length);
    }
    return HostTensor.of(all, batch, rows[0].length);
  }

  private float[] row() {
    String name = draws.oneOf(List.of("ddpm", "ddim"));
    SamplerOptions options = SamplerOptions.of(draws.coin() ? 1 : 0, Spacing.TRAILING, 0);
    Sampler sampler = Sampler.of(name, options);
    Row row = sampler.table(SCHEDULE, Objective.V, STEPS).rows().get(draws.between(0, STEPS - 1));
    int lowresTime = enlarges ? draws.between(0, TIMESTEPS - 1) : 0;
    return StepSettings.of(draws.between(1, 5), "none", 1, 1, lowresTime).pack(row);
  }

  private void caption(Map<String, HostTensor> inputs, String prefix) {
    UnetConfig unet = TinyStages.unet(enlarges);
    inputs.put(prefix + "embeds", draws.normals(batch, unet.maxTextLen(), unet.textEmbedDim()));
    inputs.put(prefix + "mask", draws.mask(1, batch, unet.maxTextLen()));
    inputs.put(prefix + "keep", draws.whole(0, 1, batch));
  }
}
