package dev.cascadefarm.diffusion.train;

import static org.assertj.core.api.Assertions.assertThat;

import dev.cascadefarm.diffusion.stage.HostTensor;
import dev.cascadefarm.diffusion.train.SceneDiffusionConfig.Cropping;
import dev.cascadefarm.diffusion.train.SceneDiffusionConfig.Drawing;
import org.junit.jupiter.api.Test;

class CropsTest {
  /** Two pictures of two channels, 4×4; a pixel's value says where it is. */
  private static HostTensor pictures() {
    float[] data = new float[2 * 2 * 4 * 4];
    for (int i = 0; i < data.length; i++) {
      data[i] = i;
    }
    return HostTensor.of(data, 2, 2, 4, 4);
  }

  @Test
  void of_ownCornerForEachPicture_allChannelsCutThere() {
    HostTensor cropped = new Crops(2, new int[] {0, 2}, new int[] {1, 2}).of(pictures());
    assertThat(cropped.shape()).containsExactly(2, 2, 2, 2);
    assertThat(cropped.data())
        .containsExactly(4, 5, 8, 9, 20, 21, 24, 25, 42, 43, 46, 47, 58, 59, 62, 63);
  }

  @Test
  void of_wholePictures_unchanged() {
    HostTensor pictures = pictures();
    assertThat(new Crops(4, new int[2], new int[2]).of(pictures)).isSameAs(pictures);
  }

  @Test
  void sideAt_afterCropSteps_wholePicture() {
    SceneDiffusionConfig config =
        new SceneDiffusionConfig(
            64, 16, new Cropping(32, 4, 10), DiffusionTraining.minImagen(1000), new Drawing(12, 3));
    assertThat(config.sideAt(9)).isEqualTo(32);
    assertThat(config.sideAt(10)).isEqualTo(64);
  }
}
