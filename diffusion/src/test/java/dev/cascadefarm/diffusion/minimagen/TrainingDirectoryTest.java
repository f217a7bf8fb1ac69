package dev.cascadefarm.diffusion.minimagen;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.cascadefarm.diffusion.imagen.UnetConfig;
import dev.cascadefarm.diffusion.parity.Fixture;
import dev.cascadefarm.diffusion.stage.HostTensor;
import dev.cascadefarm.diffusion.weights.TorchFile;
import dev.cascadefarm.diffusion.weights.WeightsException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TrainingDirectoryTest {
  private static final String STAMP = "20260101_120000";
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final List<String> FILES =
      List.of(
          "parameters/imagen_params_" + STAMP + ".json",
          "parameters/unet_0_params_" + STAMP + ".json",
          "parameters/unet_1_params_" + STAMP + ".json",
          "parameters/training_parameters_" + STAMP + ".txt",
          "state_dicts/unet_0_state_" + STAMP + ".pth",
          "state_dicts/unet_1_state_" + STAMP + ".pth");

  @TempDir Path temporary;
  private Path folder;

  /** A copy of what Python's MinImagen wrote. */
  @BeforeEach
  void copy() throws IOException {
    folder = temporary.resolve("training_" + STAMP);
    for (String each : FILES) {
      Files.createDirectories(folder.resolve(each).getParent());
      Files.write(folder.resolve(each), Fixture.bytes("weights/training_" + STAMP + "/" + each));
    }
  }

  @Test
  void open_minImagensDirectory_itsModels() {
    TrainingDirectory directory = TrainingDirectory.open(folder);
    assertThat(directory.timestamp()).isEqualTo(STAMP);
    assertThat(directory.arguments())
        .containsEntry("BATCH_SIZE", "2")
        .containsEntry("PARAMETERS", "None")
        .containsEntry("TESTING", "True")
        .containsEntry("timestamp", STAMP);
    ImagenArguments imagen = directory.model().imagen();
    assertThat(imagen.imageSizes()).containsExactly(8, 16);
    assertThat(imagen.timesteps(1)).isEqualTo(25);
    assertThat(imagen.condDropProb()).isEqualTo(0.15);
    assertThat(imagen.dynamicThresholdingPercentile()).isEqualTo(0.9);
    UnetConfig second = directory.model().config(1);
    assertThat(directory.model().unets().get(1).lowresCond()).isFalse();
    assertThat(second.lowresCond()).isTrue();
    assertThat(second.textEmbedDim()).isEqualTo(12);
    assertThat(second.condDim()).isEqualTo(4);
    assertThat(second.layerAttns()).containsExactly(false, true);
    assertThat(second.numResnetBlocks()).containsExactly(0, 1);
  }

  @Test
  void weights_minImagensDirectory_bitEqual() throws IOException {
    TrainingDirectory directory = TrainingDirectory.open(folder);
    JsonNode digests = JSON.readTree(Fixture.bytes("weights/digests.json"));
    for (int unet = 0; unet < 2; unet++) {
      Map<String, String> ours = new LinkedHashMap<>();
      directory.weights(unet).forEach((path, tensor) -> ours.put(path, digest(tensor)));
      Map<String, String> torchs = new LinkedHashMap<>();
      digests
          .get(Integer.toString(unet))
          .properties()
          .forEach(each -> torchs.put(each.getKey(), each.getValue().asText()));
      assertThat(ours).isEqualTo(torchs).hasSizeGreaterThan(50);
    }
  }

  private static String digest(HostTensor tensor) {
    ByteBuffer bytes = ByteBuffer.allocate(4 * tensor.data().length).order(ByteOrder.LITTLE_ENDIAN);
    bytes.asFloatBuffer().put(tensor.data());
    try {
      byte[] digest = MessageDigest.getInstance("SHA-256").digest(bytes.array());
      return HexFormat.of().formatHex(digest);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }

  @Test
  void create_sameModel_directoryThatReadsTheSame() {
    TrainingDirectory read = TrainingDirectory.open(folder);
    Path copy = temporary.resolve("training_copy");
    TrainingDirectory written =
        TrainingDirectory.create(copy, "copy", read.model(), read.arguments());
    written.writeLast(0, read.weights(0));
    written.writeLast(1, read.weights(1));
    written.appendProgress("half way");
    TrainingDirectory again = TrainingDirectory.open(copy);
    assertThat(again).isEqualTo(written);
    assertThat(again.arguments()).isEqualTo(read.arguments());
    assertThat(again.weights(1)).isEqualTo(read.weights(1));
    assertThat(copy.resolve("training_progess.txt")).hasContent("half way");
    assertThatThrownBy(() -> TrainingDirectory.create(copy, "copy", read.model(), Map.of()))
        .isInstanceOf(TrainingDirectoryException.class)
        .hasMessageContaining("parameters: exists");
  }

  @Test
  void weights_bestAndLast_best() {
    TrainingDirectory directory = TrainingDirectory.open(folder);
    Map<String, HostTensor> best = directory.weights(0);
    Map<String, HostTensor> last = new LinkedHashMap<>(best);
    last.computeIfPresent("final_conv.bias", (k, t) -> HostTensor.of(new float[3], 3));
    directory.writeLast(0, last);
    assertThat(directory.weights(0)).isEqualTo(best).isNotEqualTo(last);
  }

  /** The arguments that MinImagen itself would read are exactly those we wrote. */
  @Test
  void create_fromOurConfiguration_minImagensArguments() throws IOException {
    MinImagen model = TrainingDirectory.open(folder).model();
    UnetArguments arguments = UnetMapping.arguments(model.config(1));
    JsonNode ours = arguments.json();
    JsonNode theirs = JSON.readTree(Files.readString(folder.resolve(FILES.get(2))));
    assertThat(ours.properties()).hasSize(13);
    assertThat(ours.fieldNames()).toIterable().containsExactlyElementsOf(theirs::fieldNames);
    assertThat(UnetArguments.read(Arguments.parse("t", ours.toString()))).isEqualTo(arguments);
    assertThat(model.imagen().json().properties()).hasSize(11);
    assertThat(ImagenArguments.read(Arguments.parse("t", model.imagen().json().toString())))
        .isEqualTo(model.imagen());
  }

  @ParameterizedTest
  @CsvSource({"0, imagen_params_", "1, unet_0_params_", "4, unet_0_", "5, unet_1_"})
  void open_missingFile_namesIt(int index, String name) throws IOException {
    Files.delete(folder.resolve(FILES.get(index)));
    assertThatThrownBy(() -> TrainingDirectory.open(folder).weights(index == 4 ? 0 : 1))
        .isInstanceOf(TrainingDirectoryException.class)
        .hasMessageContaining(folder.resolve(FILES.get(index)).getParent() + ": missing")
        .hasMessageContaining(name);
  }

  @Test
  void open_noDirectoryOrNoWeights_saysSo() throws IOException {
    Path file = Files.createFile(temporary.resolve("imagen.pt"));
    assertThatThrownBy(() -> TrainingDirectory.open(file))
        .isInstanceOf(TrainingDirectoryException.class)
        .hasMessageContaining("imagen.pt/parameters: no folder")
        .hasMessageContaining("imagen-pytorch");
    Files.delete(folder.resolve(FILES.get(4)));
    Files.delete(folder.resolve(FILES.get(5)));
    Files.createDirectory(folder.resolve("tmp"));
    TrainingDirectory directory = TrainingDirectory.open(folder);
    assertThatThrownBy(() -> directory.weights(0))
        .isInstanceOf(TrainingDirectoryException.class)
        .hasMessageContaining("tmp: missing (expected: one file unet_0_");
  }

  @Test
  void weights_twoFilesForOneUnet_namesBoth() throws IOException {
    Files.copy(folder.resolve(FILES.get(4)), folder.resolve("state_dicts/unet_0_state_other.pth"));
    assertThatThrownBy(() -> TrainingDirectory.open(folder).weights(0))
        .isInstanceOf(TrainingDirectoryException.class)
        .hasMessageContaining("unet_0_state_" + STAMP + ".pth, unet_0_state_other.pth");
  }

  @Test
  void weights_truncatedFile_weightsExceptionNamesIt() throws IOException {
    Path file = folder.resolve(FILES.get(4));
    byte[] whole = Files.readAllBytes(file);
    Files.write(file, Arrays.copyOf(whole, whole.length / 2));
    assertThatThrownBy(() -> TrainingDirectory.open(folder).weights(0))
        .isInstanceOf(WeightsException.class)
        .hasMessageContaining(file + ": no end of a zip file");
  }

  @Test
  void weights_otherModels_everyFaultInOneMessage() {
    Path file = folder.resolve(FILES.get(4));
    Map<String, HostTensor> weights = new LinkedHashMap<>(TorchFile.read(file));
    weights.remove("norm_cond.bias");
    weights.put("stranger", HostTensor.of(new float[1], 1));
    weights.put("final_conv.bias", HostTensor.of(new float[4], 4));
    TorchFile.write(file, weights);
    assertThatThrownBy(() -> TrainingDirectory.open(folder).weights(0))
        .isInstanceOf(WeightsException.class)
        .hasMessageStartingWith(file + ": missing [norm_cond.bias], unexpected [stranger]")
        .hasMessageContaining("final_conv.bias is [4], expected [3]");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "1 | dim                | 12               | dim: 12 (expected: a positive multiple of 8)",
        "1 | dim                | 0                | dim: 0 (expected: a whole number",
        "1 | dim                | 8.5              | dim: 8.5 (expected: a whole number",
        "1 | dim                | \"8\"            | dim: \"8\" (expected: a whole number",
        "1 | dim                | true             | dim: true (expected: a whole number",
        "1 | dim                | 99999999999      | dim: 99999999999 (expected: a whole number",
        "1 | dim_mults          | []               | dim_mults: [] (expected: at least one",
        "1 | dim_mults          | [0]              | dim_mults: 0 (expected: a whole number, 1",
        "1 | dim_mults          | [1,1,1,1,1,1,1,1,1,1,1,1,1] | dim_mults: 13 values",
        "1 | num_resnet_blocks  | [1,2,3]          | num_resnet_blocks: [1, 2, 3] (expected: one",
        "1 | num_resnet_blocks  | -1               | num_resnet_blocks: -1 (expected: a whole",
        "1 | layer_attns        | [true,false]     | layer_attns: [true, false] (expected: one",
        "1 | layer_attns        | 1                | layer_attns: 1 (expected: true or false)",
        "1 | layer_cross_attns  | [null]           | layer_cross_attns: null (expected: true or",
        "1 | memory_efficient   | \"no\"           | memory_efficient: \"no\" (expected: true or",
        "1 | attn_dim_head      | 32               | attn_dim_head: unknown (expected: Unet takes",
        "1 | learned_sinu_pos_emb_dim | 16         | learned_sinu_pos_emb_dim: unknown (expected",
        "0 | timesteps          | 20               | timesteps: 20 (expected: a whole number, 21",
        "0 | timesteps          | [25, 20]         | timesteps: 20 (expected: a whole number, 21",
        "0 | timesteps          | [25, 25, 25]     | timesteps: [25, 25, 25] (expected: one, or 2",
        "0 | image_sizes        | [8, 18]          | image_sizes: 18 (expected: for U-Net 1",
        "0 | image_sizes        | [8]              | image_sizes: [8] (expected: 2, one for each",
        "0 | image_sizes        | [16, 8]          | image_sizes: [16, 8] (expected: each at",
        "0 | image_sizes        | null             | image_sizes: missing",
        "0 | text_encoder_name  | null             | text_encoder_name: missing",
        "0 | text_encoder_name  | 5                | text_encoder_name: 5 (expected: a T5",
        "0 | cond_drop_prob     | 1.5              | cond_drop_prob: 1.5 (expected: 0.0 to 1.0)",
        "0 | loss_type          | \"l3\"           | loss_type: \"l3\" (expected: l1, l2 or",
        "0 | only_train_unet_number | 3            | only_train_unet_number: 3 (expected: 1 to 2",
        "0 | pred_objectives    | \"v\"            | pred_objectives: unknown (expected: Imagen"
      })
  void open_impossibleArgument_namesFileAndKey(int file, String key, String value, String message)
      throws IOException {
    Path path = folder.resolve(FILES.get(file));
    set(path, key, value);
    assertThatThrownBy(() -> TrainingDirectory.open(folder))
        .isInstanceOf(TrainingDirectoryException.class)
        .hasMessageContaining(message)
        .hasMessageContaining(folder.resolve("parameters").toString());
  }

  private static void set(Path file, String key, String value) throws IOException {
    ObjectNode object = (ObjectNode) JSON.readTree(file.toFile());
    object.set(key, JSON.readTree(value));
    Files.writeString(file, object.toString());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {"'{'", "'[]'", "''", "'{\"dim\":8,\"dim\":8}'", "'{} {}'"})
  void open_brokenJson_namesTheFile(String text) throws IOException {
    Path file = Files.writeString(folder.resolve(FILES.get(1)), text);
    assertThatThrownBy(() -> TrainingDirectory.open(folder))
        .isInstanceOf(TrainingDirectoryException.class)
        .hasMessageStartingWith(file + ": ")
        .hasMessageContaining("JSON");
  }

  @Test
  void open_unknownEncoder_widthNeeded() throws IOException {
    set(folder.resolve(FILES.get(0)), "text_encoder_name", "\"mine\"");
    assertThatCode(() -> TrainingDirectory.open(folder)).doesNotThrowAnyException();
    set(folder.resolve(FILES.get(0)), "text_embed_dim", "null");
    assertThatThrownBy(() -> TrainingDirectory.open(folder))
        .isInstanceOf(TrainingDirectoryException.class)
        .hasMessageContaining("text_encoder_name: T5: mine (expected: t5_small, ");
    set(folder.resolve(FILES.get(0)), "text_encoder_name", "\"xxl1.1\"");
    assertThat(TrainingDirectory.open(folder).model().config(0).textEmbedDim()).isEqualTo(4096);
  }

  @Test
  void open_brokenCommandLine_fileAndLine() throws IOException {
    Path file = folder.resolve(FILES.get(3));
    Files.writeString(file, "--A=1=2\nB=3\n");
    assertThatThrownBy(() -> TrainingDirectory.open(folder))
        .isInstanceOf(TrainingDirectoryException.class)
        .hasMessageStartingWith(file + ":2: B=3 (expected: --NAME=VALUE)");
  }
}
