package dev.cascadefarm.diffusion.weights;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.cascadefarm.diffusion.noise.CounterNoise;
import dev.cascadefarm.diffusion.stage.HostTensor;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class SafeTensorsTest {
  private static final CounterNoise NOISE = new CounterNoise(1, "test", "weights");
  private static final Map<String, HostTensor> TENSORS =
      Map.of(
          "downs.0.weight", HostTensor.of(NOISE.normals(0, 24), 2, 3, 4),
          "empty", HostTensor.of(new float[0], 0, 5),
          "scalar", HostTensor.of(new float[] {-7.5f}));

  @TempDir Path folder;

  @Test
  void metadata_writtenBesideTensors_readBack() {
    Path file = folder.resolve("with.safetensors");
    Map<String, HostTensor> tensors = Map.of("a", HostTensor.of(new float[] {1, 2}, 2));
    SafeTensors.write(file, tensors, ElementType.F32, Map.of("made by", "a \"test\""));
    assertThat(SafeTensors.metadata(file)).isEqualTo(Map.of("made by", "a \"test\""));
    assertThat(SafeTensors.read(file)).isEqualTo(tensors);
    SafeTensors.write(file, tensors, ElementType.F32);
    assertThat(SafeTensors.metadata(file)).isEmpty();
    assertThat(file).hasBinaryContent(SafeTensors.format(tensors, ElementType.F32));
  }

  @Test
  void read_writtenFile_sameTensors() {
    Path file = folder.resolve("deeper/model.safetensors");
    SafeTensors.write(file, TENSORS, ElementType.F32);
    assertThat(SafeTensors.read(file)).isEqualTo(TENSORS);
    assertThat(file.getParent()).isDirectoryNotContaining("glob:**.part");
  }

  @Test
  void format_anyOrder_sameAlignedBytes() {
    byte[] bytes = SafeTensors.format(TENSORS, ElementType.F32);
    assertThat(SafeTensors.format(new java.util.TreeMap<>(TENSORS), ElementType.F32))
        .isEqualTo(bytes);
    assertThat(ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).getLong() % 8).isZero();
  }

  @Test
  void parse_f16_nearestHalves() {
    float[] data = {1, -2.5f, 1e-7f, 1 / 3f};
    byte[] file = SafeTensors.format(Map.of("w", HostTensor.of(data, 4)), ElementType.F16);
    float[] back = SafeTensors.parse(file, "test").get("w").data();
    assertThat(back).containsExactly(1, -2.5f, 0x1p-23f, 0.33325195f);
  }

  @Test
  void parse_int64AndBf16_becomeFloats() {
    ByteBuffer data = ByteBuffer.allocate(18).order(ByteOrder.LITTLE_ENDIAN);
    data.putLong(-3).putLong(1L << 40).putShort((short) 0xC000);
    String header =
        "{\"__metadata__\":{\"by\":\"hand\"},"
            + "\"ids\":{\"dtype\":\"I64\",\"shape\":[2],\"data_offsets\":[0,16]},"
            + "\"b\":{\"dtype\":\"BF16\",\"shape\":[],\"data_offsets\":[16,18]}}";
    Map<String, HostTensor> tensors = SafeTensors.parse(file(header, data.array()), "test");
    assertThat(tensors).containsOnlyKeys("ids", "b");
    assertThat(tensors.get("ids").data()).containsExactly(-3, 0x1p40f);
    assertThat(tensors.get("b").data()).containsExactly(-2);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "  ",
        "[]",
        "7",
        "null",
        "{",
        "{}x",
        "{} {}",
        "{\"w\":1}",
        "{\"w\":null}",
        "{\"w\":[]}",
        "{\"w\":{}}",
        "{\"w\":{\"dtype\":\"F64\",\"shape\":[2],\"data_offsets\":[0,8]}}",
        "{\"w\":{\"dtype\":32,\"shape\":[2],\"data_offsets\":[0,8]}}",
        "{\"w\":{\"dtype\":\"F32\",\"data_offsets\":[0,8]}}",
        "{\"w\":{\"dtype\":\"F32\",\"shape\":2,\"data_offsets\":[0,8]}}",
        "{\"w\":{\"dtype\":\"F32\",\"shape\":[3],\"data_offsets\":[0,8]}}",
        "{\"w\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0,8]}}",
        "{\"w\":{\"dtype\":\"F32\",\"shape\":[-2],\"data_offsets\":[0,8]}}",
        "{\"w\":{\"dtype\":\"F32\",\"shape\":[-1,-2],\"data_offsets\":[0,8]}}",
        "{\"w\":{\"dtype\":\"F32\",\"shape\":[2.0],\"data_offsets\":[0,8]}}",
        "{\"w\":{\"dtype\":\"F32\",\"shape\":[\"2\"],\"data_offsets\":[0,8]}}",
        "{\"w\":{\"dtype\":\"F32\",\"shape\":[null],\"data_offsets\":[0,8]}}",
        "{\"w\":{\"dtype\":\"F32\",\"shape\":[4294967298],\"data_offsets\":[0,8]}}",
        "{\"w\":{\"dtype\":\"F32\",\"shape\":[4611686018427387904,4],\"data_offsets\":[0,8]}}",
        "{\"w\":{\"dtype\":\"F32\",\"shape\":[99999999999999999999],\"data_offsets\":[0,8]}}",
        "{\"w\":{\"dtype\":\"F32\",\"shape\":[2]}}",
        "{\"w\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[]}}",
        "{\"w\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0]}}",
        "{\"w\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0,8,8]}}",
        "{\"w\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[8,0]}}",
        "{\"w\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[1,9]}}",
        "{\"w\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[-8,0]}}",
        "{\"w\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0,4]}}",
        "{\"w\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[4,8]}}",
        "{\"w\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0,8]},"
            + "\"w\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0,8]}}",
        "{\"v\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0,8]},"
            + "\"w\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0,8]}}",
        "{\"v\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0,8]},"
            + "\"w\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[4,8]}}"
      })
  void parse_brokenHeader_weightsException(String header) {
    assertThatThrownBy(() -> SafeTensors.parse(file(header, new byte[8]), "broken"))
        .isInstanceOf(WeightsException.class)
        .hasMessageStartingWith("broken:")
        .hasMessageContaining("expected");
  }

  @ParameterizedTest
  @ValueSource(strings = {"1", "null", "[]", "{\"by\":1}", "{\"by\":{}}"})
  void parse_brokenMetadata_weightsException(String metadata) {
    String header = "{\"__metadata__\":" + metadata + "}";
    assertThatThrownBy(() -> SafeTensors.parse(file(header, new byte[0]), "broken"))
        .isInstanceOf(WeightsException.class)
        .hasMessageContaining("broken: __metadata__ (expected: ");
  }

  @Test
  void parse_headerThatIsNotUtf8OrStartsWithSpace_weightsException() {
    String header = " {\"w\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0,8]}}";
    assertThat(refused(file(header, new byte[8]))).isTrue();
    byte[] latin = file(header.substring(1), new byte[8]);
    latin[10] = (byte) 0xE9;
    assertThatThrownBy(() -> SafeTensors.parse(latin, "broken"))
        .isInstanceOf(WeightsException.class)
        .hasMessageContaining("header (expected: UTF-8)");
  }

  @Test
  void map_largeSparseFile_viewsOfItsEnd() throws IOException {
    long gap = 3L << 30;
    StringBuilder header = new StringBuilder("{");
    for (int i = 0; i < 3; i++) {
      header.append(
          "\"part%d\":{\"dtype\":\"F32\",\"shape\":[268435456],\"data_offsets\":[%d,%d]},"
              .formatted(i, (long) i << 30, (i + 1L) << 30));
    }
    header.append(
        "\"w\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[%d,%d]}}"
            .formatted(gap, gap + 8));
    byte[] head = file(header.toString(), new byte[0]);
    ByteBuffer end = ByteBuffer.allocate(8).order(ByteOrder.LITTLE_ENDIAN).putFloat(3).putFloat(-4);
    Path path = folder.resolve("large.safetensors");
    try (FileChannel channel =
        FileChannel.open(
            path,
            StandardOpenOption.CREATE_NEW,
            StandardOpenOption.WRITE,
            StandardOpenOption.SPARSE)) {
      channel.write(ByteBuffer.wrap(head));
      channel.write(end.flip(), head.length + gap);
    }
    Map<String, TensorView> views = SafeTensors.map(path);
    assertThat(views.get("part2").shape()).containsExactly(268435456);
    assertThat(views.get("w").read()).isEqualTo(HostTensor.of(new float[] {3, -4}, 2));
  }

  @ParameterizedTest
  @EnumSource(names = {"F32", "F16"})
  void write_tensorsOfAFile_sameAsThoseInTheHeap(ElementType type) {
    Path source = folder.resolve("half.safetensors");
    Path copy = folder.resolve("copy.safetensors");
    SafeTensors.write(source, TENSORS, ElementType.F16);
    SafeTensors.write(copy, SafeTensors.map(source), type);
    assertThat(copy).hasBinaryContent(SafeTensors.format(SafeTensors.read(source), type));
    assertThat(SafeTensors.read(copy)).isEqualTo(SafeTensors.read(source));
  }

  @Test
  void parse_wholeHeader_accepted() {
    String header = "{\"w\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0,8]}}  ";
    assertThat(SafeTensors.parse(file(header, new byte[8]), "whole")).containsOnlyKeys("w");
  }

  @Test
  void parse_everyByteOfTheHeaderChanged_weightsExceptionOrTensors() {
    byte[] whole = SafeTensors.format(TENSORS, ElementType.F32);
    int end = 8 + (int) ByteBuffer.wrap(whole).order(ByteOrder.LITTLE_ENDIAN).getLong();
    int refused = 0;
    for (int at = 0; at < end; at++) {
      for (int flip : new int[] {0x01, 0x04, 0x10, 0x80, 0xFF}) {
        byte[] broken = whole.clone();
        broken[at] ^= (byte) flip;
        refused += refused(broken) ? 1 : 0;
      }
    }
    assertThat(refused).isGreaterThan(end * 3);
  }

  @Test
  void parse_everyTruncation_weightsException() {
    byte[] whole = SafeTensors.format(TENSORS, ElementType.F32);
    for (int length = 0; length < whole.length; length++) {
      assertThat(refused(Arrays.copyOf(whole, length))).isTrue();
    }
    assertThat(refused(Arrays.copyOf(whole, whole.length + 1))).isTrue();
    assertThat(refused(whole)).isFalse();
  }

  /** Any other exception than the promised one fails the test. */
  private static boolean refused(byte[] file) {
    try {
      SafeTensors.parse(file, "broken");
      return false;
    } catch (WeightsException e) {
      return true;
    }
  }

  @ParameterizedTest
  @ValueSource(longs = {-1, 0, 1, 9, 100_000_001, Long.MAX_VALUE, Long.MIN_VALUE, 1L << 32 | 2})
  void parse_headerLengthOutOfRange_weightsException(long length) {
    byte[] file = file("{}", new byte[4]);
    ByteBuffer.wrap(file).order(ByteOrder.LITTLE_ENDIAN).putLong(length);
    assertThatThrownBy(() -> SafeTensors.parse(file, "broken"))
        .isInstanceOf(WeightsException.class)
        .hasMessageContaining("header of " + length + " bytes");
  }

  @Test
  void read_missingFileOrFolder_weightsExceptionNamesIt() throws IOException {
    assertThatThrownBy(() -> SafeTensors.read(folder.resolve("none.safetensors")))
        .isInstanceOf(WeightsException.class)
        .hasMessageContaining("none.safetensors: cannot be read");
    Path empty = Files.createFile(folder.resolve("empty.safetensors"));
    assertThatThrownBy(() -> SafeTensors.read(empty))
        .isInstanceOf(WeightsException.class)
        .hasMessageContaining("0 bytes");
    assertThatThrownBy(() -> SafeTensors.read(folder)).isInstanceOf(WeightsException.class);
  }

  @Test
  void write_targetIsAFolder_weightsExceptionAndOldFileStays() throws IOException {
    Path taken = Files.createDirectories(folder.resolve("taken/inside"));
    assertThatThrownBy(() -> SafeTensors.write(taken.getParent(), TENSORS, ElementType.F32))
        .isInstanceOf(WeightsException.class)
        .hasMessageContaining("cannot be written");
    assertThat(taken).exists();
  }

  private static byte[] file(String header, byte[] data) {
    byte[] text = header.getBytes(StandardCharsets.UTF_8);
    return ByteBuffer.allocate(8 + text.length + data.length)
        .order(ByteOrder.LITTLE_ENDIAN)
        .putLong(text.length)
        .put(text)
        .put(data)
        .array();
  }
}
