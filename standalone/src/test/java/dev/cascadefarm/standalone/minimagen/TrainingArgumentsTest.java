package dev.cascadefarm.standalone.minimagen;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.cascadefarm.diffusion.imagen.UnetConfig;
import dev.cascadefarm.diffusion.minimagen.MinImagen;
import org.junit.jupiter.api.Test;

class TrainingArgumentsTest {
  @Test
  void lines_defaults_asMinImagenWritesThem() {
    assertThat(arguments(1000).lines().entrySet().stream().map(Object::toString))
        .containsExactly(
            "PARAMETERS=None",
            "NUM_WORKERS=0",
            "BATCH_SIZE=2",
            "MAX_NUM_WORDS=64",
            "IMG_SIDE_LEN=128",
            "EPOCHS=5",
            "T5_NAME=t5_base",
            "TRAIN_VALID_FRAC=0.9",
            "TIMESTEPS=1000",
            "OPTIM_LR=0.0001",
            "ACCUM_ITER=1",
            "CHCKPT_NUM=500",
            "VALID_NUM=None",
            "RESTART_DIRECTORY=None",
            "TESTING=False",
            "timestamp=20260101_120000");
  }

  @Test
  void models_testing_twoSmallUnets() {
    MinImagen model = MinImagenModels.of(arguments(1000).whenTesting());
    assertThat(model.imagen().imageSizes()).containsExactly(64, 128);
    assertThat(model.imagen().textEncoderName()).isEqualTo("t5_small");
    assertThat(model.imagen().timesteps(1)).isEqualTo(25);
    assertThat(model.imagen().condDropProb()).isEqualTo(0.15);
    UnetConfig enlarger = model.config(1);
    assertThat(enlarger.lowresCond()).isTrue();
    assertThat(enlarger.memoryEfficient()).isTrue();
    assertThat(enlarger.dim()).isEqualTo(8);
  }

  @Test
  void models_notTesting_baseAndSuper() {
    MinImagen model = MinImagenModels.of(arguments(1000));
    assertThat(model.config(0).dim()).isEqualTo(512);
    assertThat(model.config(1).dimMults()).containsExactly(1, 2, 4, 8);
    assertThat(model.config(0).textEmbedDim()).isEqualTo(768);
  }

  @Test
  void new_twentyTimesteps_refusedByName() {
    assertThatThrownBy(() -> arguments(20))
        .hasMessageStartingWith("TIMESTEPS: 20 (expected: >= 21");
  }

  private static TrainingArguments arguments(int timesteps) {
    return new TrainingArguments(
        null,
        0,
        2,
        64,
        128,
        5,
        "t5_base",
        0.9,
        timesteps,
        1e-4,
        1,
        500,
        null,
        null,
        false,
        "20260101_120000");
  }
}
