package dev.cascadefarm.diffusion.train;

import dev.cascadefarm.diffusion.engine.TorchModule;
import dev.cascadefarm.diffusion.engine.TorchModule.Mode;
import dev.cascadefarm.diffusion.noise.CounterNoise;
import dev.cascadefarm.diffusion.stage.HostTensor;
import dev.cascadefarm.diffusion.stage.StoredTensor;
import dev.cascadefarm.diffusion.vae.Autoencoder;
import dev.cascadefarm.diffusion.vae.AutoencoderConfig;
import dev.cascadefarm.diffusion.vae.AutoencoderLoss;
import dev.cascadefarm.diffusion.vae.AutoencoderWeights;
import dev.cascadefarm.diffusion.vae.LatentEncoder;
import java.util.Map;

/**
 * What taught weights of an autoencoder do.
 *
 * @param spread standard deviation of the latents drawn for pictures it was taught on, before
 *     scaling; its inverse is the scaling factor that gives latents unit variance
 * @param psnr of the pictures it is judged by, in decibels
 */
public record AutoencoderMeasure(double spread, double psnr) {
  private static final int PICTURES = 512;

  /** Measures; with the same weights and data, always the same. Runs the model. */
  public static AutoencoderMeasure of(AutoencoderTask task, Map<String, HostTensor> weights) {
    return new AutoencoderMeasure(
        spread(task, AutoencoderWeights.encoder(weights)), psnr(task, weights));
  }

  private static double spread(AutoencoderTask task, Map<String, ? extends StoredTensor> weights) {
    AutoencoderConfig config = task.config();
    CounterNoise noise = new CounterNoise(task.data().seed(), "measure", "latent");
    double sum = 0;
    double squares = 0;
    long count = 0;
    try (LatentEncoder encoder =
        new LatentEncoder(
            config,
            TorchModule.load(
                new Autoencoder(config).encoderGraph(), weights, "cpu", Mode.FROZEN))) {
      for (long batch = 0; batch * task.batchSize(batch) < PICTURES; batch++) {
        long number = batch;
        HostTensor latents =
            encoder.encode(task.shown(batch), drawn -> noise.normals(number, drawn));
        for (float each : latents.data()) {
          sum += each;
          squares += (double) each * each;
        }
        count += latents.data().length;
      }
    }
    double mean = sum / count;
    return Math.sqrt(squares / count - mean * mean) / config.scalingFactor();
  }

  private static double psnr(AutoencoderTask task, Map<String, HostTensor> weights) {
    double error = 0;
    try (TorchModule module = TorchModule.load(task.graph(), weights, "cpu", Mode.FROZEN)) {
      for (int i = 0; i < task.validationBatches(); i++) {
        error +=
            module.call(AutoencoderLoss.ERROR, task.validationBatch(i)).get(0).data()[0]
                / task.validationBatches();
      }
    }
    return AutoencoderLoss.psnr(error);
  }
}
