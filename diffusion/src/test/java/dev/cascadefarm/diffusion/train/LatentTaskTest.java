package dev.cascadefarm.diffusion.train;

import static org.assertj.core.api.Assertions.assertThat;

import dev.cascadefarm.diffusion.engine.EngineThread;
import dev.cascadefarm.diffusion.engine.TorchModule.Input;
import dev.cascadefarm.diffusion.stage.HostTensor;
import dev.cascadefarm.diffusion.train.LatentTask.Frozen;
import dev.cascadefarm.diffusion.vae.LatentEncoder;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

@Tag("engine")
@ExtendWith(EngineThread.class)
class LatentTaskTest {
  private static final int BATCHES = 40;
  private static final int LATENTS = 0;
  private static final int TOKENS = 3;

  @TempDir Path folder;
  private CaptionEncoder captions;
  private LatentEncoder pictures;
  private LatentTask task;

  @BeforeEach
  void prepare() throws IOException {
    AutoencoderTask autoencoder = TinyLatent.autoencoder();
    captions = TinyLatent.captions(folder);
    pictures = TinyLatent.encoder(autoencoder.config(), autoencoder.initialWeights(1));
    task = TinyLatent.latent(new Frozen(captions, pictures));
  }

  @AfterEach
  void close() {
    captions.close();
    pictures.close();
  }

  @Test
  void batch_captionsLeftOut_aTenthAreZeros() {
    int zeros = 0;
    for (int i = 0; i < BATCHES; i++) {
      zeros += zeros(tensor(task.batch(i), TOKENS));
    }
    assertThat(zeros).isBetween(BATCHES * 4 / 25, BATCHES * 4 / 5);
    for (int i = 0; i < task.validationBatches(); i++) {
      assertThat(zeros(tensor(task.validationBatch(i), TOKENS))).isZero();
    }
  }

  @Test
  void batch_sameNumber_sameLatentsOfTheSizeDrawn() {
    HostTensor latents = tensor(task.batch(2), LATENTS);
    assertThat(latents.shape()).containsExactly(4, 4, 16, 16);
    assertThat(tensor(task.batch(2), LATENTS)).isEqualTo(latents);
    assertThat(tensor(task.batch(3), LATENTS)).isNotEqualTo(latents);
  }

  private static HostTensor tensor(List<Input> inputs, int index) {
    return ((Input.Floats) inputs.get(index)).tensor();
  }

  /** Captions of which nothing is left. */
  private static int zeros(HostTensor tokens) {
    int count = (int) tokens.shape()[0];
    int each = tokens.data().length / count;
    int zeros = 0;
    for (int i = 0; i < count; i++) {
      double sum = 0;
      for (int j = 0; j < each; j++) {
        sum += Math.abs(tokens.data()[i * each + j]);
      }
      zeros += sum == 0 ? 1 : 0;
    }
    return zeros;
  }
}
