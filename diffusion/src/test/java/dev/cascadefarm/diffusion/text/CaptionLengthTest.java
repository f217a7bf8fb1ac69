package dev.cascadefarm.diffusion.text;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.cascadefarm.diffusion.stage.HostTensor;
import org.junit.jupiter.api.Test;

class CaptionLengthTest {
  private static final HostTensor EMBEDS =
      HostTensor.of(new float[] {1, 2, 3, 4, 5, 6, 7, 8}, 2, 2, 2);

  @Test
  void fit_tooShort_zerosAtTheEndOfEach() {
    assertThat(CaptionLength.fit(EMBEDS, 3))
        .isEqualTo(HostTensor.of(new float[] {1, 2, 3, 4, 0, 0, 5, 6, 7, 8, 0, 0}, 2, 3, 2));
  }

  @Test
  void fit_tooLong_theEndOfEachIsCut() {
    assertThat(CaptionLength.fit(EMBEDS, 1))
        .isEqualTo(HostTensor.of(new float[] {1, 2, 5, 6}, 2, 1, 2));
    HostTensor mask = HostTensor.of(new float[] {1, 1, 1, 0}, 2, 2);
    assertThat(CaptionLength.fit(mask, 1)).isEqualTo(HostTensor.of(new float[] {1, 1}, 2, 1));
  }

  @Test
  void fit_right_same() {
    assertThat(CaptionLength.fit(EMBEDS, 2)).isSameAs(EMBEDS);
  }

  @Test
  void fit_noBatch_refused() {
    assertThatThrownBy(() -> CaptionLength.fit(HostTensor.of(new float[2], 2), 1))
        .hasMessage("HostTensor[2] (expected: a batch of captions)");
  }
}
