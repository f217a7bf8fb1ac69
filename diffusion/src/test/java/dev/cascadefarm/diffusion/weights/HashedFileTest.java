package dev.cascadefarm.diffusion.weights;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.cascadefarm.diffusion.noise.CounterNoise;
import dev.cascadefarm.diffusion.stage.HostTensor;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class HashedFileTest {
  private static final int PIECE = 70_001;

  @TempDir Path folder;

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 4096, 70_001, (4 << 20) - 1, 4 << 20, (17 << 20) + 5, 24 << 20})
  void finish_anySize_fileAndItsHash(int size) throws IOException {
    byte[] content = new byte[size];
    new Random(size).nextBytes(content);
    Path path = Files.writeString(folder.resolve("file"), "what was there before");

    String hash;
    try (HashedFile file = HashedFile.create(path, size)) {
      for (int start = 0; start < size; start += PIECE) {
        int length = Math.min(PIECE, size - start);
        assertThat(file.write(ByteBuffer.wrap(content, start, length))).isEqualTo(length);
      }
      hash = file.finish();
    }

    assertThat(path).hasBinaryContent(content);
    assertThat(hash).isEqualTo(sha256(content));
  }

  @Test
  void finish_moreThanWasSaid_allOfIt() throws IOException {
    byte[] content = new byte[100_000];
    new Random(1).nextBytes(content);
    Path path = folder.resolve("file");

    try (HashedFile file = HashedFile.create(path, 10)) {
      file.write(ByteBuffer.wrap(content));
      assertThat(file.finish()).isEqualTo(sha256(content));
    }

    assertThat(path).hasBinaryContent(content);
  }

  @Test
  void writeHashed_tensorsOfAllKinds_asFormatted() throws IOException {
    float[] numbers = new CounterNoise(1, "test", "hash").normals(0, 200_003);
    Map<String, HostTensor> tensors =
        Map.of(
            "long", HostTensor.of(numbers, numbers.length),
            "empty", HostTensor.of(new float[0], 0, 5),
            "scalar", HostTensor.of(new float[] {-7.5f}));
    Path half = folder.resolve("half.safetensors");
    Path file = folder.resolve("deeper/file.safetensors");
    SafeTensors.write(half, tensors, ElementType.F16);
    Map<String, HostTensor> rounded = SafeTensors.read(half);

    for (ElementType type : new ElementType[] {ElementType.F16, ElementType.F32}) {
      byte[] expected = SafeTensors.format(rounded, type);
      assertThat(SafeTensors.writeHashed(file, SafeTensors.map(half), type))
          .isEqualTo(sha256(expected));
      assertThat(file).hasBinaryContent(expected);
    }
    assertThat(file.getParent()).isDirectoryNotContaining("glob:**.part");
  }

  @Test
  void writeHashed_brainFloats_becomeTheSameNumbers() {
    int count = 150_000;
    ByteBuffer storage = ByteBuffer.allocate(2 * count).order(ByteOrder.LITTLE_ENDIAN);
    float[] numbers = new float[count];
    for (int i = 0; i < count; i++) {
      numbers[i] = Float.intBitsToFloat((0x3f00 + i % 997) << 16);
      storage.putShort(2 * i, (short) (0x3f00 + i % 997));
    }
    long[] shape = {3, count / 3};
    TensorView view = TensorView.of(ElementType.BF16, shape, storage);
    Path file = folder.resolve("file.safetensors");

    assertThat(SafeTensors.writeHashed(file, Map.of("x", view), ElementType.F32)).hasSize(64);

    assertThat(SafeTensors.read(file)).isEqualTo(Map.of("x", new HostTensor(shape, numbers)));
  }

  @Test
  void writeHashed_contentThatFails_nothingThere() {
    Path file = folder.resolve("file");

    assertThatThrownBy(
            () ->
                AtomicFiles.writeHashed(
                    file,
                    32 << 20,
                    out -> {
                      out.write(ByteBuffer.allocate(9 << 20));
                      throw new IOException("the source ended");
                    }))
        .isInstanceOf(WeightsException.class)
        .hasMessage(file + ": cannot be written: the source ended");
    assertThat(file).doesNotExist();
  }

  private static String sha256(byte[] content) {
    try {
      return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(content));
    } catch (NoSuchAlgorithmException e) {
      throw new AssertionError(e);
    }
  }
}
