package dev.cascadefarm.diffusion.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.cascadefarm.diffusion.engine.EngineThread;
import dev.cascadefarm.diffusion.t5.T5TextEncoder;
import dev.cascadefarm.diffusion.t5.TinyT5;
import dev.cascadefarm.diffusion.train.CaptionEncoder.Encoded;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

@Tag("engine")
@ExtendWith(EngineThread.class)
class T5CaptionsTest {
  private static final int MOST = 8;
  private static final int LENGTH = 12;
  private static final int WIDTH = 512;

  @TempDir Path folder;

  @Test
  void encode_captionAmongOthers_theSameBitsAsAlone() throws IOException {
    try (T5Captions captions = load(LENGTH)) {
      Encoded together = captions.encode(List.of("a cat", "a much longer caption", "a cat"));
      Encoded alone = captions.encode(List.of("a much longer caption"));
      assertThat(together.embeds().shape()).containsExactly(3, LENGTH, WIDTH);
      int each = LENGTH * WIDTH;
      assertThat(Arrays.copyOfRange(together.embeds().data(), each, 2 * each))
          .isEqualTo(alone.embeds().data());
      assertThat(Arrays.copyOfRange(together.embeds().data(), 0, each))
          .isEqualTo(Arrays.copyOfRange(together.embeds().data(), 2 * each, 3 * each))
          .isNotEqualTo(alone.embeds().data());
    }
  }

  @Test
  void encode_shortCaption_paddingIsZeroAndMasked() throws IOException {
    try (T5Captions captions = load(LENGTH)) {
      Encoded encoded = captions.encode(List.of("a cat"));
      for (int token = 0; token < LENGTH; token++) {
        float[] embed =
            Arrays.copyOfRange(encoded.embeds().data(), token * WIDTH, (token + 1) * WIDTH);
        if (encoded.mask().data()[token] == 0) {
          assertThat(embed).containsOnly(0);
        } else {
          assertThat(embed).isNotEqualTo(new float[WIDTH]);
        }
      }
      assertThat(encoded.mask().data()).contains(0).contains(1);
    }
  }

  @Test
  void encode_captionOfAThousandTokens_cutAndCounted() throws IOException {
    try (T5Captions captions = load(LENGTH)) {
      String endless = "word ".repeat(1000);
      float[] mask = captions.encode(List.of(endless)).mask().data();
      float tokens = 0;
      for (float each : mask) {
        tokens += each;
      }
      assertThat(tokens).isEqualTo(MOST);
      assertThat(captions.dropped(endless)).isGreaterThan(900);
      assertThat(captions.dropped("a")).isZero();
    }
  }

  @Test
  void new_moreTokensThanTheModelTakes_refused() {
    assertThatThrownBy(() -> load(MOST - 1))
        .hasMessage("caption length: 8 tokens (expected: at most 7, the U-Net's max_text_len)");
  }

  private T5Captions load(int length) throws IOException {
    return new T5Captions(
        T5TextEncoder.load(TinyT5.write(folder.resolve("t5")), MOST, "cpu"), length);
  }
}
