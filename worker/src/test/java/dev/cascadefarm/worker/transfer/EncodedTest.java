package dev.cascadefarm.worker.transfer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.cascadefarm.diffusion.stage.HostTensor;
import dev.cascadefarm.diffusion.stage.StageValue;
import java.util.Map;
import org.junit.jupiter.api.Test;

class EncodedTest {
  private final HostTensor tensor = HostTensor.of(new float[] {0, 0.2f, 1}, 3, 1, 1);

  @Test
  void of_eachKind_isReadBackTheSame() {
    assertRoundTrip(new StageValue.Text("größe"), "text", "out.txt");
    assertRoundTrip(new StageValue.Image(tensor), "image", "out.png");
    assertRoundTrip(
        new StageValue.Tensors(Map.of("tokens", tensor, "mask", tensor)),
        "tensors",
        "out.safetensors");
  }

  @Test
  void decode_bytesOfAnotherKind_sayWhichObjectIsToBlame() {
    assertThatThrownBy(() -> Encoded.decode("jobs/j/x.png", "image", new byte[] {1, 2, 3}))
        .isInstanceOf(TransferException.class)
        .hasMessageContaining("jobs/j/x.png");
    assertThatThrownBy(() -> Encoded.decode("jobs/j/x", "tensors", new byte[3]))
        .isInstanceOf(TransferException.class);
  }

  private static void assertRoundTrip(StageValue value, String media, String file) {
    Encoded encoded = Encoded.of("out", value, Map.of("prompt", "x"));

    assertThat(encoded.file()).isEqualTo(file);
    assertThat(Encoded.decode("key", media, encoded.bytes())).isEqualTo(value);
  }
}
