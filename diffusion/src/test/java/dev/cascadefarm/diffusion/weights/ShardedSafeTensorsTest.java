package dev.cascadefarm.diffusion.weights;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.cascadefarm.diffusion.stage.HostTensor;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ShardedSafeTensorsTest {
  private static final HostTensor ONE = HostTensor.of(new float[] {1, 2}, 2);
  private static final HostTensor TWO = HostTensor.of(new float[] {3}, 1, 1);
  private static final Map<String, HostTensor> BOTH = Map.of("a.weight", ONE, "b.weight", TWO);
  private static final String FIRST = "model-00001-of-00002.safetensors";
  private static final String SECOND = "model-00002-of-00002.safetensors";

  @TempDir Path root;
  private Path folder;

  @BeforeEach
  void folder() throws IOException {
    folder = Files.createDirectory(root.resolve("text_encoder"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "model.safetensors",
        "diffusion_pytorch_model.safetensors",
        "model.fp16.safetensors",
        "diffusion_pytorch_model.non_ema.safetensors"
      })
  void read_oneFile_itsTensors(String name) {
    write(name, BOTH);
    assertThat(ShardedSafeTensors.read(folder)).isEqualTo(BOTH);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "model.safetensors.index.json",
        "diffusion_pytorch_model.safetensors.index.json",
        "diffusion_pytorch_model.safetensors.index.fp16.json"
      })
  void read_shards_tensorsOfAll(String index) throws IOException {
    shards();
    index(index, FIRST, SECOND);
    assertThat(ShardedSafeTensors.read(folder)).isEqualTo(BOTH);
    assertThat(ShardedSafeTensors.map(folder).get("b.weight").type()).isEqualTo(ElementType.F16);
  }

  @Test
  void read_wholeAndVariant_whole() {
    write("model.safetensors", BOTH);
    write("model.fp16.safetensors", Map.of());
    assertThat(ShardedSafeTensors.read(folder)).isEqualTo(BOTH);
    write("model.bf16.safetensors", Map.of());
    assertThat(folder.resolve("model.safetensors").toFile().delete()).isTrue();
    assertRefused("model.bf16.safetensors, model.fp16.safetensors (expected: one of them)");
  }

  @Test
  void read_shardMissing_refusedByName() throws IOException {
    shards();
    Files.delete(folder.resolve(SECOND));
    index("model.safetensors.index.json", FIRST, SECOND);
    assertRefused(folder.resolve(SECOND) + ": missing (expected: a file)");
  }

  @Test
  void read_shardCutShort_refusedByName() throws IOException {
    shards();
    byte[] whole = Files.readAllBytes(folder.resolve(SECOND));
    Files.write(folder.resolve(SECOND), Arrays.copyOf(whole, whole.length - 1));
    index("model.safetensors.index.json", FIRST, SECOND);
    assertRefused(SECOND);
  }

  @Test
  void read_indexNamesAbsentFile_refusedByName() throws IOException {
    shards();
    index("model.safetensors.index.json", FIRST, "model-00003-of-00002.safetensors");
    assertRefused("model-00003-of-00002.safetensors: missing");
  }

  @Test
  void read_indexNamesTensorThatTheShardLacks_refusedByName() throws IOException {
    shards();
    index("model.safetensors.index.json", FIRST, FIRST);
    assertRefused(FIRST + ": b.weight: missing (expected: there, as the index says)");
  }

  @Test
  void read_shardHoldsTensorThatTheIndexLacks_refusedByName() throws IOException {
    write(FIRST, BOTH);
    Files.writeString(
        folder.resolve("model.safetensors.index.json"),
        "{\"weight_map\": {\"a.weight\": \"%s\"}}".formatted(FIRST));
    assertRefused(FIRST + ": b.weight: not in the index");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "../outside.safetensors",
        "sub/inside.safetensors",
        "/etc/passwd.safetensors",
        "..\\\\outside.safetensors",
        "a\\u0000.safetensors"
      })
  void read_pathThatLeavesTheFolder_refusedByName(String path) throws IOException {
    SafeTensors.write(root.resolve("outside.safetensors"), BOTH, ElementType.F16);
    shards();
    index("model.safetensors.index.json", FIRST, path);
    assertRefused("(expected: the name of a file of that folder)");
  }

  @Test
  void read_linkOutOfTheFolder_refusedByName() throws IOException {
    Path outside = root.resolve("outside.safetensors");
    SafeTensors.write(outside, Map.of("b.weight", TWO), ElementType.F16);
    shards();
    Files.delete(folder.resolve(SECOND));
    Files.createSymbolicLink(folder.resolve(SECOND), outside);
    index("model.safetensors.index.json", FIRST, SECOND);
    assertRefused(SECOND + ": links to " + outside.toRealPath() + " (expected: a file within");

    Files.delete(folder.resolve("model.safetensors.index.json"));
    Files.createSymbolicLink(folder.resolve("model.safetensors"), outside);
    assertRefused("model.safetensors: links to ");
  }

  @Test
  void read_linkWithinTheFolder_followed() throws IOException {
    write("blob", BOTH);
    Files.createSymbolicLink(folder.resolve("model.safetensors"), Path.of("blob"));
    assertThat(ShardedSafeTensors.read(folder)).isEqualTo(BOTH);
    Files.delete(folder.resolve("blob"));
    assertRefused("model.safetensors: cannot be found");
  }

  @ParameterizedTest
  @CsvSource({
    "pytorch_model.bin, 'torch.load(\"pytorch_model.bin\", map_location=\"cpu\", weights_only=True)'",
    "diffusion_pytorch_model.bin, \"diffusion_pytorch_model.safetensors\"",
    "pytorch_model.bin.index.json, torch.load(\"FILE.bin\"",
    "model.ckpt, torch.load(\"model.ckpt\""
  })
  void read_pickleOnly_saysHowToConvert(String file, String message) throws IOException {
    Files.writeString(folder.resolve(file), "x");
    assertRefused(file + ": a pickle can run code (expected: model.safetensors, ");
    assertRefused("safetensors.torch.save_file(state, ");
    assertRefused(message);
  }

  @Test
  void read_nothingThere_saysWhatIsExpected() {
    assertRefused(folder + ": no weights (expected: model.safetensors, ");
    Path none = folder.resolve("none");
    assertThatThrownBy(() -> ShardedSafeTensors.read(none))
        .isInstanceOf(WeightsException.class)
        .hasMessageContaining("none: missing or unreadable (expected: a folder)");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{\"weight_map\": | (expected: JSON)",
        "[] | (expected: a JSON object)",
        "{} | weight_map (expected: a file for each tensor)",
        "{\"weight_map\": {}} | weight_map (expected: a file for each tensor)",
        "{\"weight_map\": {\"a\": 3}} | a: 3 (expected: the name of a .safetensors file)",
        "{\"weight_map\": {\"a\": \"x.bin\"}} | a: \"x.bin\" (expected: the name of a .safetensors"
      })
  void read_damagedIndex_refusedByName(String content, String message) throws IOException {
    Files.writeString(folder.resolve("model.safetensors.index.json"), content);
    assertRefused("model.safetensors.index.json: ");
    assertRefused(message);
  }

  private void assertRefused(String message) {
    assertThatThrownBy(() -> ShardedSafeTensors.read(folder))
        .isInstanceOf(WeightsException.class)
        .hasMessageContaining(message);
  }

  private void shards() {
    write(FIRST, Map.of("a.weight", ONE));
    write(SECOND, Map.of("b.weight", TWO));
  }

  private void write(String name, Map<String, HostTensor> tensors) {
    SafeTensors.write(folder.resolve(name), tensors, ElementType.F16);
  }

  private void index(String name, String first, String second) throws IOException {
    Files.writeString(
        folder.resolve(name),
        """
        {"metadata": {"total_size": 6}, "weight_map": {"a.weight": "%s", "b.weight": "%s"}}
        """
            .formatted(first, second));
  }
}
