package dev.cascadefarm.diffusion.weights;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.cascadefarm.diffusion.stage.Checkpoint;
import dev.cascadefarm.diffusion.stage.CheckpointRefusedException;
import dev.cascadefarm.diffusion.stage.HostTensor;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Map;
import org.junit.jupiter.api.Test;

class CheckpointFileTest {
  private static final float ODD_NAN = Float.intBitsToFloat(0x7fc00123);
  private static final Checkpoint CHECKPOINT =
      new Checkpoint(
          Map.of("seed", "7", "sampler", "ddim"),
          3,
          Map.of(
              "0.x", HostTensor.of(new float[] {1, -0f, Float.MIN_VALUE, ODD_NAN}, 1, 2, 2),
              "0.h1", HostTensor.of(new float[] {0, 2, 3, Float.NEGATIVE_INFINITY}, 1, 2, 2)));

  @Test
  void parse_whatWasFormatted_equalBitByBit() {
    Checkpoint read = CheckpointFile.parse(CheckpointFile.format(CHECKPOINT), "c");
    assertThat(read).isEqualTo(CHECKPOINT);
    int[] bits = new int[4];
    Arrays.setAll(bits, i -> Float.floatToRawIntBits(read.tensors().get("0.x").data()[i]));
    assertThat(bits).containsExactly(0x3f800000, 0x80000000, 1, 0x7fc00123);
  }

  @Test
  void parse_cutAnywhere_refused() {
    byte[] file = CheckpointFile.format(CHECKPOINT);
    for (int length = 0; length < file.length; length++) {
      byte[] cut = Arrays.copyOf(file, length);
      assertThatThrownBy(() -> CheckpointFile.parse(cut, "c"))
          .as("%d bytes", length)
          .isInstanceOf(CheckpointRefusedException.class);
    }
    byte[] longer = Arrays.copyOf(file, file.length + 4);
    assertThatThrownBy(() -> CheckpointFile.parse(longer, "c"))
        .isInstanceOf(CheckpointRefusedException.class);
  }

  @Test
  void parse_otherFile_refused() {
    byte[] plain = SafeTensors.format(CHECKPOINT.tensors(), ElementType.F32);
    assertThatThrownBy(() -> CheckpointFile.parse(plain, "c"))
        .isInstanceOf(CheckpointRefusedException.class)
        .hasMessage("c: format null (expected: checkpoint-1)");
    byte[] text = "not a checkpoint at all".getBytes(StandardCharsets.UTF_8);
    assertThatThrownBy(() -> CheckpointFile.parse(text, "c"))
        .isInstanceOf(CheckpointRefusedException.class);
    for (String row : new String[] {"0", "-1", "x", "9999999999"}) {
      Map<String, String> metadata = Map.of("format", "checkpoint-1", "row", row);
      byte[] file = SafeTensors.format(CHECKPOINT.tensors(), ElementType.F32, metadata);
      assertThatThrownBy(() -> CheckpointFile.parse(file, "c"))
          .isInstanceOf(CheckpointRefusedException.class)
          .hasMessageContaining("row '" + row + "'");
    }
  }

  /** What one sample of 256 × 256 pixels costs, by its sampler's history. */
  @Test
  void format_pictureOf256Pixels_threeQuartersOfAMebibyteATensor() {
    HostTensor x = HostTensor.of(new float[3 * 256 * 256], 3, 256, 256);
    Checkpoint plain = new Checkpoint(Map.of("seed", "7"), 3, Map.of("0.x", x));
    assertThat(CheckpointFile.format(plain).length).isBetween(786_432, 786_432 + 1_024);
    Checkpoint most =
        new Checkpoint(
            Map.of("seed", "7"), 3, Map.of("0.x", x, "0.h1", x, "0.h2", x, "0.h3", x, "0.h4", x));
    assertThat(CheckpointFile.format(most).length).isBetween(3_932_160, 3_932_160 + 1_024);
  }
}
