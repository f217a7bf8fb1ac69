package dev.cascadefarm.diffusion.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.cascadefarm.diffusion.engine.EngineThread;
import dev.cascadefarm.diffusion.noise.CounterNoise;
import dev.cascadefarm.diffusion.stage.HostTensor;
import dev.cascadefarm.diffusion.train.LatentRecipe.Network.Compressor;
import dev.cascadefarm.diffusion.train.Trainer.Validation;
import dev.cascadefarm.diffusion.vae.AutoencoderConfig;
import dev.cascadefarm.diffusion.vae.AutoencoderLoss;
import dev.cascadefarm.diffusion.vae.LatentEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

@Tag("engine")
@ExtendWith(EngineThread.class)
class AutoencoderMeasureTest {
  @TempDir Path folder;

  @Test
  void of_inverseOfTheSpreadAsScale_unitVariance() {
    AutoencoderTask task = TinyLatent.autoencoder();
    Map<String, HostTensor> weights = task.initialWeights(3);
    AutoencoderMeasure measure = AutoencoderMeasure.of(task, weights);
    assertThat(AutoencoderMeasure.of(task, weights)).isEqualTo(measure);
    Compressor taught = (Compressor) TinyLatent.RECIPES.get(0).network();
    ObjectNode file = taught.file().deepCopy();
    file.put("scaling_factor", 1 / measure.spread());
    byte[] content = file.toString().getBytes(StandardCharsets.UTF_8);
    AutoencoderConfig scaled = AutoencoderConfig.parse(content, "scaled");
    try (LatentEncoder encoder = TinyLatent.encoder(scaled, weights)) {
      HostTensor unseen = task.shown(1000);
      CounterNoise noise = new CounterNoise(8, "test", "latent");
      HostTensor latents = encoder.encode(unseen, count -> noise.normals(0, count));
      assertThat(deviation(latents.data())).isCloseTo(1, within(0.15));
    }
  }

  @Test
  void psnr_error_decibelsBelowBlackAgainstWhite() {
    assertThat(AutoencoderLoss.psnr(4)).isZero();
    assertThat(AutoencoderLoss.psnr(0.04)).isCloseTo(20, within(1e-9));
    assertThat(AutoencoderLoss.psnr(0.0025)).isCloseTo(32.04, within(0.01));
  }

  @Test
  void run_validated_errorOfThePicturesAloneAndItsPsnr() {
    AutoencoderTask task = TinyLatent.autoencoder();
    OptimizerConfig optimizer = new OptimizerConfig(0, 0, 1, 1, 0.9, 0.99, 0, 1, 0);
    TrainingPlan plan = new TrainingPlan(1, 0, 1, Duration.ofMinutes(1));
    Trainer.Outcome outcome =
        new Trainer(task, optimizer, plan, folder, 3)
            .run(false, () -> false, (report, weights) -> {});
    Validation best = outcome.best();
    assertThat(best).isNotNull();
    assertThat(best.psnr()).isEqualTo(AutoencoderLoss.psnr(best.loss()));
    assertThat(AutoencoderMeasure.of(task, outcome.weights()).psnr())
        .isCloseTo(best.psnr(), within(1e-3));
  }

  private static double deviation(float[] numbers) {
    double sum = 0;
    double squares = 0;
    for (float each : numbers) {
      sum += each;
      squares += (double) each * each;
    }
    double mean = sum / numbers.length;
    return Math.sqrt(squares / numbers.length - mean * mean);
  }
}
