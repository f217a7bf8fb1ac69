package dev.cascadefarm.diffusion.weights;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.cascadefarm.diffusion.parity.Fixture;
import dev.cascadefarm.diffusion.stage.HostTensor;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TorchFileTest {
  private static final Map<String, HostTensor> TENSORS = tensors();

  @TempDir Path folder;

  private static Map<String, HostTensor> tensors() {
    Map<String, HostTensor> tensors = new LinkedHashMap<>();
    tensors.put("second.weight", HostTensor.of(new float[] {1, -2.5f, 3e-9f, 4, 5, 6}, 2, 3));
    tensors.put("first.bias", HostTensor.of(new float[] {-7.5f}));
    tensors.put("empty", HostTensor.of(new float[0], 0, 5));
    tensors.put("naïve", HostTensor.of(new float[70_000], 70_000));
    return tensors;
  }

  @Test
  void parse_torchsFile_torchsNumbers() {
    Map<String, HostTensor> ours = TorchFile.parse(Fixture.bytes("weights/state-dict.pth"), "it");
    Map<String, HostTensor> torchs = Fixture.tensors("weights/state-dict");
    assertThat(ours).hasSize(26).isEqualTo(torchs);
    assertThat(ours).containsKeys("transposed", "expanded", "bfloat16", "bool", "parameter");
  }

  @Test
  void map_torchsFile_typesShapesAndExactLongs() throws IOException {
    Path file = Files.write(folder.resolve("a.pth"), Fixture.bytes("weights/state-dict.pth"));
    Map<String, TensorView> views = TorchFile.map(file);
    assertThat(views.get("transposed").shape()).containsExactly(4, 6);
    assertThat(views.get("half").type()).isEqualTo(ElementType.F16);
    assertThat(views.get("long").readLongs()).containsExactly(-3, 1L << 40);
    assertThat(views.get("short").readLongs()).containsExactly(-100, -99, -98, 0, 27);
    assertThat(views.get("byte").readLongs()).containsExactly(100, 101, 102, 200, 227);
    assertThat(views.get("bool").readLongs()).containsExactly(0, 0, 1, 1, 1);
    assertThatThrownBy(() -> views.get("double").readLongs())
        .isInstanceOf(WeightsException.class)
        .hasMessage("dtype: F64 (expected: whole numbers)");
  }

  @Test
  void write_tensors_readBackInOrder() {
    Path file = folder.resolve("deeper/w.pth");
    TorchFile.write(file, TENSORS);
    Map<String, HostTensor> back = TorchFile.read(file);
    assertThat(back).isEqualTo(TENSORS);
    assertThat(back.keySet()).containsExactlyElementsOf(TENSORS.keySet());
    assertThat(file.getParent()).isDirectoryNotContaining("glob:**.part");
  }

  /** The recorded file is one that torch.load has read, mapped and not. */
  @Test
  void write_torchsTensors_theBytesThatTorchLoaded() throws IOException {
    Path file = folder.resolve("written.pth");
    TorchFile.write(file, Fixture.tensors("weights/state-dict"));
    assertThat(Files.readAllBytes(file)).isEqualTo(Fixture.bytes("weights/written.pth"));
  }

  @Test
  void write_tensors_storagesAreAligned() throws IOException {
    Path file = folder.resolve("w.pth");
    TorchFile.write(file, Map.of("w", HostTensor.of(new float[] {1.5f, 2.25f}, 2)));
    byte[] bytes = Files.readAllBytes(file);
    byte[] numbers = {0, 0, (byte) 0xC0, 0x3F, 0, 0, 0x10, 0x40};
    for (int at = 0; at < bytes.length; at += 64) {
      if (Arrays.equals(bytes, at, at + 8, numbers, 0, 8)) {
        return;
      }
    }
    assertThat(bytes).as("numbers at a multiple of 64").isEmpty();
  }

  @Test
  void parse_everyTruncation_weightsException() {
    byte[] whole = Fixture.bytes("weights/state-dict.pth");
    for (int length = 0; length < whole.length; length += length < whole.length - 600 ? 97 : 1) {
      byte[] cut = Arrays.copyOf(whole, length);
      assertThatThrownBy(() -> TorchFile.parse(cut, "cut.pth"))
          .isInstanceOf(WeightsException.class)
          .hasMessageStartingWith("cut.pth: ")
          .hasMessageContaining("expected");
    }
  }

  @Test
  void parse_anyByteChanged_weightsExceptionOrTensors() {
    byte[] whole = Fixture.bytes("weights/state-dict.pth");
    int refused = 0;
    int tried = 0;
    for (int at = 0; at < whole.length; at++) {
      for (int flip : new int[] {0x01, 0x80, 0xFF}) {
        byte[] broken = whole.clone();
        broken[at] ^= (byte) flip;
        refused += refused(broken) ? 1 : 0;
        tried++;
      }
    }
    // what remains is padding, time stamps and other fields that nobody reads
    assertThat(refused).isGreaterThan(tried / 4);
  }

  /** Any other exception than the promised one fails the test. */
  private static boolean refused(byte[] file) {
    try {
      TorchFile.parse(file, "broken");
      return false;
    } catch (WeightsException e) {
      return true;
    }
  }

  @Test
  void read_noZip_saysWhatIsRead() throws IOException {
    Path old = Files.write(folder.resolve("old.pth"), new byte[] {(byte) 0x80, 2, (byte) 0x8a});
    assertThatThrownBy(() -> TorchFile.read(old))
        .isInstanceOf(WeightsException.class)
        .hasMessageContaining("old.pth: no end of a zip file")
        .hasMessageContaining("PyTorch 1.6 or later");
    assertThatThrownBy(() -> TorchFile.read(folder.resolve("none.pth")))
        .isInstanceOf(WeightsException.class)
        .hasMessageContaining("none.pth: cannot be read");
    assertThatThrownBy(() -> TorchFile.read(folder)).isInstanceOf(WeightsException.class);
  }
}
