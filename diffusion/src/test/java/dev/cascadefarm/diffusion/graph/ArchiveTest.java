package dev.cascadefarm.diffusion.graph;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.cascadefarm.diffusion.stage.HostTensor;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.zip.ZipEntry;
import java.util.zip.ZipInputStream;
import org.junit.jupiter.api.Test;

class ArchiveTest {
  private static final Map<String, HostTensor> WEIGHTS =
      Map.of("w", HostTensor.of(new float[] {1, -2}, 2));

  private static Graph graph() {
    return new Graph("Net")
        .method(
            "run",
            m -> {
              Tensor x = m.input("x", Tensor.ANY, 2);
              Tensor w = m.root().parameter("w", Initializer.ones(), 2);
              return List.of(x.times(w).plus(m.root().constant("c", new double[] {0.5}, 1)));
            });
  }

  @Test
  void write_smallModel_theEntriesLibtorchReads() throws IOException {
    Map<String, byte[]> entries = entries(write(graph(), WEIGHTS));
    assertThat(entries.keySet())
        .containsExactly(
            "model/data.pkl",
            "model/code/__torch__.py",
            "model/data/0",
            "model/data/1",
            "model/constants.pkl",
            "model/version");
    assertThat(entries.get("model/version")).asString(StandardCharsets.US_ASCII).isEqualTo("10\n");
    assertThat(entries.get("model/constants.pkl")).isEqualTo(hex("8002292e"));
    assertThat(entries.get("model/data/0")).isEqualTo(hex("0000803f000000c0"));
    assertThat(entries.get("model/data/1")).isEqualTo(hex("0000003f"));
    assertThat(entries.get("model/code/__torch__.py"))
        .asString(StandardCharsets.UTF_8)
        .isEqualTo(graph().code());
  }

  @Test
  void write_twice_sameBytes() throws IOException {
    assertThat(write(graph(), WEIGHTS)).isEqualTo(write(graph(), WEIGHTS));
  }

  @Test
  void write_weightMissingOrMisshapen_refusedByPath() {
    assertThatThrownBy(() -> write(graph(), Map.of()))
        .hasMessage("w: missing (expected: shape [2])");
    assertThatThrownBy(() -> write(graph(), Map.of("w", HostTensor.of(new float[2], 2, 1))))
        .hasMessage("w: shape [2, 1] (expected: shape [2])");
  }

  @Test
  void pickle_everyInstruction_protocolTwo() {
    byte[] bytes =
        new Pickle()
            .global("m", "N")
            .text("é")
            .number(5)
            .number(0x1234)
            .number(65536)
            .number(-1)
            .bool(true)
            .bool(false)
            .tuple(new long[] {7})
            .emptyTuple()
            .emptyDict()
            .newObject()
            .persistentId()
            .reduce()
            .setItems()
            .build()
            .stop();
    assertThat(HexFormat.of().formatHex(bytes))
        .isEqualTo(
            "8002"
                + "636d0a4e0a"
                + "5802000000c3a9"
                + "4d0500"
                + "4d3412"
                + "4a00000100"
                + "4affffffff"
                + "88"
                + "89"
                + "284d070074"
                + "29"
                + "7d"
                + "81"
                + "51"
                + "52"
                + "75"
                + "62"
                + "2e");
  }

  @Test
  void pickle_numberBeyond32Bits_refused() {
    assertThatThrownBy(() -> new Pickle().number(1L << 31)).isInstanceOf(ArithmeticException.class);
  }

  private static byte[] write(Graph graph, Map<String, HostTensor> weights) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    Archive.write(graph, weights, out);
    return out.toByteArray();
  }

  private static Map<String, byte[]> entries(byte[] archive) throws IOException {
    Map<String, byte[]> entries = new LinkedHashMap<>();
    try (ZipInputStream zip = new ZipInputStream(new ByteArrayInputStream(archive))) {
      for (ZipEntry each = zip.getNextEntry(); each != null; each = zip.getNextEntry()) {
        entries.put(each.getName(), zip.readAllBytes());
      }
    }
    return entries;
  }

  private static byte[] hex(String text) {
    return HexFormat.of().parseHex(text);
  }
}
