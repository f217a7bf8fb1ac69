package dev.cascadefarm.diffusion.torchscript;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.cascadefarm.diffusion.graph.Graph;
import dev.cascadefarm.diffusion.graph.Guest;
import dev.cascadefarm.diffusion.json.ConfigFile;
import dev.cascadefarm.diffusion.parity.Fixture;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.UnaryOperator;
import java.util.zip.ZipEntry;
import java.util.zip.ZipInputStream;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What a file must be before it is run; no engine here. */
class TorchScriptFileTest {
  private static final String PLAIN =
      """
      {"inputs": [{"name": "x", "shape": ["B", 3, 8, 8]},
                  {"name": "timestep", "dtype": "int64", "shape": ["B"]}],
       "outputs": [{"name": "prediction", "shape": ["B", 3, 8, 8]}]}
      """;

  @TempDir Path folder;

  @ParameterizedTest
  @ValueSource(strings = {"plain", "guided"})
  void open_tracedOrScripted_itsClass(String name) throws IOException {
    GuestCall call = call(PLAIN.replace("\"inputs\"", "\"method\": \"forward\", \"inputs\""));
    if (name.equals("plain")) {
      Guest guest = TorchScriptFile.open(file(name)).guest(call);
      assertThat(guest.type()).startsWith("__torch__").endsWith(".Plain");
      assertThat(guest.single()).isTrue();
    } else {
      assertThatThrownBy(() -> TorchScriptFile.open(file(name)).guest(call))
          .isInstanceOf(TorchScriptException.class)
          .hasMessageContaining(
              "method forward(context: Tensor, mask: Tensor, x: Tensor, time: Tensor)"
                  + " -> Tuple[Tensor, Tensor] (expected: 2 arguments, tensors: [x, timestep])");
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          checkpoint | a checkpoint of torch.save, without a program (expected: a TorchScript file: torch.jit.trace(model.eval(), example).save(FILE))
          writes | operator aten::save (expected: no access to files)
          reads | operator aten::from_file (expected: no access to files)
          """)
  void open_whatIsNoProgramOrReachesForFiles_refused(String name, String message)
      throws IOException {
    Path file = file(name);
    assertThatThrownBy(() -> TorchScriptFile.open(file))
        .isInstanceOf(TorchScriptException.class)
        .hasMessageContaining(message);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          numbers | method forward(x: Tensor, t: int) -> Tensor (expected: 2 arguments, tensors:
          dictionary | -> Dict[str, Tensor] (expected: a tensor, or a tuple of at least as many as described: [prediction])
          """)
  void guest_methodOfOtherTypes_refusedWithItsSignature(String name, String message)
      throws IOException {
    TorchScriptFile file = TorchScriptFile.open(file(name));
    assertThatThrownBy(() -> file.guest(call(PLAIN)))
        .isInstanceOf(TorchScriptException.class)
        .hasMessageContaining(message);
  }

  @Test
  void guest_methodThatIsNotThere_refusedWithThoseThatAre() throws IOException {
    TorchScriptFile file = TorchScriptFile.open(file("plain"));
    GuestCall call = call(PLAIN.replace("{\"inputs\"", "{\"method\": \"predict\", \"inputs\""));
    assertThatThrownBy(() -> file.guest(call))
        .hasMessageEndingWith("method predict: missing (expected: one of [forward])");
  }

  @Test
  void open_otherFiles_refusedByTheirForm() throws IOException {
    assertRefused(Files.write(path("a"), new byte[0]), "no zip file (expected: a TorchScript");
    assertRefused(Files.write(path("b"), new byte[] {(byte) 0x80, 2, '.'}), "a pickle, which");
    byte[] weights = Fixture.bytes("torchscript/plain-call.safetensors");
    assertRefused(Files.write(path("c"), weights), "safetensors, weights without a program");
    assertRefused(path("d"), "missing (expected: a TorchScript file");
    assertRefused(folder, "missing (expected: a TorchScript file");
    assertRefused(Files.writeString(path("e"), "PK is no zip file"), "(expected: a TorchScript");
  }

  @Test
  void open_damagedFile_refused() throws IOException {
    byte[] whole = Fixture.bytes("torchscript/plain.pt");
    for (int length = 4; length < whole.length; length += 97) {
      Path cut = Files.write(path("cut"), java.util.Arrays.copyOf(whole, length));
      assertRefused(cut, "(expected: ");
    }
    Path version = changed("version", text -> "11\n");
    assertRefused(version, "version: 11 (expected: at most 10, of PyTorch 2.7)");
    assertRefused(changed("data.pkl", text -> "no pickle"), "data.pkl: no module in it");
    assertRefused(
        changed("code/__torch__.py", text -> text.replace("torch.silu", "ops.torchvision.nms")),
        "operator torchvision::nms (expected: operators of PyTorch itself");
  }

  @Test
  void pack_weightsFlipped_checksumRefuses() throws IOException {
    byte[] whole = Fixture.bytes("torchscript/plain.pt");
    TorchScriptFile sound = TorchScriptFile.open(Files.write(path("sound"), whole));
    int data = new String(whole, java.nio.charset.StandardCharsets.ISO_8859_1).indexOf("/data/1");
    whole[data + 200] ^= 1;
    TorchScriptFile flipped = TorchScriptFile.open(Files.write(path("flipped"), whole));
    Graph graph = call(PLAIN).graph(sound.guest(call(PLAIN)));
    sound.pack(graph, "cpu", new ByteArrayOutputStream());
    assertThatThrownBy(() -> flipped.pack(graph, "cpu", new ByteArrayOutputStream()))
        .isInstanceOf(TorchScriptException.class)
        .hasMessageContaining("data/1: does not match its checksum");
  }

  @Test
  void pack_codeThatNamesADevice_namesTheWorkersOwn() throws IOException {
    String here = "torch.device(\"cpu\")";
    Path file =
        changed(
            "code/__torch__.py",
            text ->
                text.replace("    first = self.first", "    first = self.first\n    _9 = " + here));
    TorchScriptFile open = TorchScriptFile.open(file);
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    open.pack(call(PLAIN).graph(open.guest(call(PLAIN))), "cuda:1", out);
    Map<String, byte[]> packed = entries(out.toByteArray());
    assertThat(new String(packed.get("model/code/__torch__.py"), UTF_8))
        .contains("_9 = torch.device(\"cuda:1\")")
        .doesNotContain(here);
    assertThat(packed).containsKey("model/code/__torch__/cascadefarm.py");
  }

  private void assertRefused(Path file, String message) {
    assertThatThrownBy(() -> TorchScriptFile.open(file))
        .isInstanceOf(TorchScriptException.class)
        .hasMessageContaining(message);
  }

  private static GuestCall call(String json) {
    return GuestCall.parse(
        ConfigFile.parse(json.getBytes(UTF_8), "test", TorchScriptException::new), "test");
  }

  private Path path(String name) {
    return folder.resolve(name + ".pt");
  }

  private Path file(String name) throws IOException {
    return Files.write(path(name), Fixture.bytes("torchscript/" + name + ".pt"));
  }

  /** The plain file with another text in one of its entries, and right checksums. */
  private Path changed(String entry, UnaryOperator<String> change) throws IOException {
    Map<String, byte[]> entries = entries(Fixture.bytes("torchscript/plain.pt"));
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try (ZipOutputStream zip = new ZipOutputStream(out)) {
      for (Map.Entry<String, byte[]> each : entries.entrySet()) {
        zip.putNextEntry(new ZipEntry(each.getKey()));
        boolean wanted = each.getKey().endsWith("/" + entry);
        zip.write(
            wanted
                ? change.apply(new String(each.getValue(), UTF_8)).getBytes(UTF_8)
                : each.getValue());
      }
    }
    return Files.write(path("changed"), out.toByteArray());
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
}
