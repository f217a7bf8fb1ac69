package dev.cascadefarm.standalone.minimagen;

import static org.assertj.core.api.Assertions.assertThat;

import dev.cascadefarm.diffusion.imagen.LowresPicture;
import dev.cascadefarm.diffusion.minimagen.ImagenArguments;
import dev.cascadefarm.diffusion.runner.DiffusionConfig;
import dev.cascadefarm.diffusion.sampler.Objective;
import dev.cascadefarm.diffusion.sampler.Sampler;
import dev.cascadefarm.standalone.install.DiffusionParameters;
import dev.cascadefarm.standalone.install.DiffusionParameters.DynamicThreshold;
import dev.cascadefarm.standalone.install.DiffusionStage;
import java.util.List;
import org.junit.jupiter.api.Test;

class UnetStagesTest {
  private static final ImagenArguments IMAGEN = TinyMinImagen.imagen(3);

  @Test
  void of_bothUnets_asTheyWereTrained() {
    for (int i = 0; i < 2; i++) {
      DiffusionStage stage = UnetStages.of(TinyMinImagen.model(IMAGEN), i);
      assertThat(stage.diffusion())
          .isEqualTo(
              new DiffusionConfig(
                  "linear",
                  List.of(25, 400).get(i),
                  Objective.NOISE,
                  Sampler.USUAL_HISTORY,
                  LowresPicture.AS_TRAINED));
      assertThat(stage.side()).isEqualTo(List.of(8, 16).get(i));
      assertThat(stage.unet().lowresCond()).isEqualTo(i == 1);
      assertThat(stage.unet().maxTextLen()).isEqualTo(256);
      assertThat(stage.unet().textEmbedDim()).isEqualTo(TinyMinImagen.WIDTH);
    }
  }

  @Test
  void of_bothUnets_samplesAsMinImagenDoesInFewerSteps() {
    DynamicThreshold threshold = new DynamicThreshold(0.8, 1_000_000);
    assertThat(UnetStages.of(TinyMinImagen.model(IMAGEN), 0).parameters())
        .isEqualTo(new DiffusionParameters("ddpm", 25, 25, 3, threshold, -1));
    assertThat(UnetStages.of(TinyMinImagen.model(IMAGEN), 1).parameters())
        .isEqualTo(new DiffusionParameters("ddpm", 125, 400, 3, threshold, 0.3));
  }

  @Test
  void of_captionNeverDropped_noGuidance() {
    ImagenArguments imagen =
        new ImagenArguments(
            "t5_small", List.of(8, 16), 16, 3, List.of(1000), 0, "l2", 0.2, true, 0.9, null);
    DiffusionParameters parameters = UnetStages.of(TinyMinImagen.model(imagen), 0).parameters();
    assertThat(parameters.guidance()).isEqualTo(1);
    assertThat(parameters.steps()).isEqualTo(250);
  }
}
