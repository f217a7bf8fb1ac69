package dev.cascadefarm.worker.image;

import static org.assertj.core.api.Assertions.assertThat;

import dev.cascadefarm.diffusion.stage.HostTensor;
import org.junit.jupiter.api.Test;

class PictureScalerTest {

  @Test
  void fit_pictureThatFits_comesBackAsItIs() {
    HostTensor picture = HostTensor.of(new float[3 * 4 * 4], 3, 4, 4);

    assertThat(PictureScaler.fit(picture, 4)).isSameAs(picture);
  }

  @Test
  void fit_twiceTooLarge_averagesBlocksOfFour() {
    float[] data = new float[3 * 2 * 4];
    float[] red = {0, 1, 0.2f, 0.2f, 1, 0, 0.2f, 0.2f};
    System.arraycopy(red, 0, data, 0, 8);

    HostTensor small = PictureScaler.fit(HostTensor.of(data, 3, 2, 4), 2);

    assertThat(small.shape()).containsExactly(3, 1, 2);
    assertThat(small.data()).containsExactly(0.5f, 0.2f, 0, 0, 0, 0);
  }

  @Test
  void fit_sideThatIsNoMultiple_staysWithinTheLimit() {
    HostTensor small = PictureScaler.fit(HostTensor.of(new float[3 * 65 * 65], 3, 65, 65), 32);

    assertThat(small.shape()).containsExactly(3, 21, 21);
  }
}
