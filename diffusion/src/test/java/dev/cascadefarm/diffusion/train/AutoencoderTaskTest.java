package dev.cascadefarm.diffusion.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.cascadefarm.diffusion.data.DataSplit;
import dev.cascadefarm.diffusion.data.ScenePictures;
import dev.cascadefarm.diffusion.engine.EngineThread;
import dev.cascadefarm.diffusion.engine.TorchModule;
import dev.cascadefarm.diffusion.engine.TorchModule.Input;
import dev.cascadefarm.diffusion.engine.TorchModule.Mode;
import dev.cascadefarm.diffusion.scenes.SceneSampler;
import dev.cascadefarm.diffusion.scenes.SceneSampler.Split;
import dev.cascadefarm.diffusion.scenes.Textures;
import dev.cascadefarm.diffusion.stage.HostTensor;
import dev.cascadefarm.diffusion.train.StageData.Frame;
import dev.cascadefarm.diffusion.vae.Autoencoder;
import dev.cascadefarm.diffusion.vae.AutoencoderConfig;
import dev.cascadefarm.diffusion.vae.AutoencoderLoss;
import dev.cascadefarm.diffusion.vae.LatentEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** A tiny autoencoder that learns scenes of 16×16 pixels. */
@Tag("engine")
@ExtendWith(EngineThread.class)
class AutoencoderTaskTest {
  private static final long SEED = 5;
  private static final int STEPS = 60;
  private static final AutoencoderConfig CONFIG =
      AutoencoderConfig.parse(
          """
          {"_class_name": "AutoencoderKL", "block_out_channels": [8, 16], "norm_num_groups": 4,
           "down_block_types": ["DownEncoderBlock2D", "DownEncoderBlock2D"],
           "up_block_types": ["UpDecoderBlock2D", "UpDecoderBlock2D"], "scaling_factor": 0.5}
          """
              .getBytes(StandardCharsets.UTF_8),
          "config.json");

  @TempDir Path folder;

  @Test
  void run_fewSteps_errorFallsAndEncodedPicturesDecode() {
    List<Float> losses = new ArrayList<>();
    Map<String, HostTensor> weights = run("learns", STEPS, losses).weights();
    assertThat(mean(losses, STEPS - 5)).isLessThan(0.3 * mean(losses, 0));
    AutoencoderTask task = task(new Frame(16, 0, 16));
    HostTensor pictures = ((Input.Floats) task.batch(1000).get(0)).tensor();
    HostTensor latents = encode(weights, pictures);
    assertThat(latents.shape()).containsExactly(4, 4, 8, 8);
    HostTensor decoded = decode(weights, latents);
    assertThat(decoded.shape()).isEqualTo(pictures.shape());
    HostTensor grey = HostTensor.of(new float[4 * 768], 4, 3, 16, 16);
    assertThat(squaredError(decoded, pictures)).isLessThan(0.4 * squaredError(grey, pictures));
  }

  @Test
  void run_resumed_bitEqualToUndisturbed() {
    Map<String, HostTensor> whole = run("whole", 6, new ArrayList<>()).weights();
    run("halves", 6, 3, false, new ArrayList<>());
    assertThat(run("halves", 6, 99, true, new ArrayList<>()).weights()).isEqualTo(whole);
  }

  @Test
  void validationBatch_always_theMeanOfTheDistribution() {
    AutoencoderTask task = task(new Frame(16, 0, 8));
    float[] noise = ((Input.Floats) task.validationBatch(0).get(1)).tensor().data();
    assertThat(noise).containsOnly(0f).hasSize(4 * 4 * 8 * 8);
    assertThat(((Input.Floats) task.batch(0).get(1)).tensor().data()).hasSize(4 * 4 * 4 * 4);
  }

  @Test
  void new_sideThatDoesNotHalve_refusedByName() {
    assertThatThrownBy(() -> task(new Frame(15, 0, 15)))
        .hasMessage("side: 15 (expected: a multiple of 2)");
    assertThatThrownBy(() -> task(new Frame(16, 0, 7)))
        .hasMessage("crop: 7 (expected: a multiple of 2)");
    assertThatThrownBy(() -> new AutoencoderLoss(new Autoencoder(CONFIG), -1))
        .hasMessage("normality: -1.0 (expected: >= 0)");
  }

  @Test
  void encode_noise_spreadsTheLatents() {
    Map<String, HostTensor> weights = task(new Frame(16, 0, 16)).initialWeights(SEED);
    HostTensor grey = HostTensor.of(new float[768], 1, 3, 16, 16);
    try (LatentEncoder encoder = encoder(weights)) {
      HostTensor mean = encoder.encode(grey, float[]::new);
      HostTensor drawn = encoder.encode(grey, AutoencoderTaskTest::ones);
      HostTensor opposite = encoder.encode(grey, count -> negated(ones(count)));
      for (int i = 0; i < mean.data().length; i++) {
        assertThat(drawn.data()[i]).isGreaterThan(mean.data()[i]);
        float middle = (drawn.data()[i] + opposite.data()[i]) / 2;
        assertThat(middle).isCloseTo(mean.data()[i], within(1e-5f));
      }
    }
  }

  private static float[] ones(int count) {
    float[] ones = new float[count];
    Arrays.fill(ones, 1);
    return ones;
  }

  private static float[] negated(float[] values) {
    for (int i = 0; i < values.length; i++) {
      values[i] = -values[i];
    }
    return values;
  }

  private static LatentEncoder encoder(Map<String, HostTensor> weights) {
    return new LatentEncoder(
        CONFIG,
        TorchModule.load(new Autoencoder(CONFIG).encoderGraph(), weights, "cpu", Mode.FROZEN));
  }

  private static HostTensor encode(Map<String, HostTensor> weights, HostTensor pictures) {
    try (LatentEncoder encoder = encoder(weights)) {
      return encoder.encode(pictures, float[]::new);
    }
  }

  private static HostTensor decode(Map<String, HostTensor> weights, HostTensor latents) {
    float[] unscaled = latents.data().clone();
    for (int i = 0; i < unscaled.length; i++) {
      unscaled[i] /= (float) CONFIG.scalingFactor();
    }
    try (TorchModule decoder =
        TorchModule.load(new Autoencoder(CONFIG).decoderGraph(), weights, "cpu", Mode.FROZEN)) {
      HostTensor latent = new HostTensor(latents.shape(), unscaled);
      return decoder.call(Autoencoder.DECODE, List.of(new Input.Floats(latent))).get(0);
    }
  }

  private Trainer.Outcome run(String name, int steps, List<Float> losses) {
    return run(name, steps, steps, false, losses);
  }

  /** Stops after {@code until} steps of all. */
  private Trainer.Outcome run(
      String name, int steps, int until, boolean resume, List<Float> losses) {
    OptimizerConfig optimizer = new OptimizerConfig(5e-3, 5, steps, 0.1, 0.9, 0.99, 0, 1, 0);
    TrainingPlan plan = new TrainingPlan(1, 0, 0, Duration.ZERO);
    return new Trainer(task(new Frame(16, 0, 16)), optimizer, plan, folder.resolve(name), SEED)
        .run(resume, () -> losses.size() >= until, (report, weights) -> losses.add(report.loss()));
  }

  private static AutoencoderTask task(Frame frame) {
    DataSplit split = DataSplit.of(pictures(), 0.1, SEED);
    return new AutoencoderTask(CONFIG, new StageData(split, frame, 4, 1, SEED), 1e-4);
  }

  private static ScenePictures pictures() {
    return new ScenePictures(new SceneSampler(3, Split.TRAIN, 0.5, Textures.BOLD));
  }

  private static double mean(List<Float> losses, int from) {
    return losses.subList(from, from + 5).stream()
        .mapToDouble(each -> each)
        .average()
        .orElseThrow();
  }

  private static double squaredError(HostTensor a, HostTensor b) {
    double sum = 0;
    for (int i = 0; i < a.data().length; i++) {
      sum += Math.pow(a.data()[i] - b.data()[i], 2) / a.data().length;
    }
    return sum;
  }
}
