package dev.cascadefarm.standalone.minimagen;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.cascadefarm.common.cascade.BundleId;
import dev.cascadefarm.common.cascade.Cascade;
import dev.cascadefarm.common.cascade.CascadeStage;
import dev.cascadefarm.common.cascade.Catalogue;
import dev.cascadefarm.common.cascade.InstalledBundle;
import dev.cascadefarm.common.cascade.InvalidCatalogueException;
import dev.cascadefarm.common.json.WireJson;
import dev.cascadefarm.diffusion.minimagen.TrainingDirectory;
import dev.cascadefarm.diffusion.minimagen.TrainingDirectoryException;
import dev.cascadefarm.diffusion.stage.HostTensor;
import dev.cascadefarm.diffusion.t5.T5FilesException;
import dev.cascadefarm.diffusion.weights.ElementType;
import dev.cascadefarm.diffusion.weights.SafeTensors;
import dev.cascadefarm.diffusion.weights.WeightsException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MinImagenImportTest {
  private static final String STATE = "state_dicts/unet_%d_state_" + TinyMinImagen.STAMP + ".pth";
  private static final String UNET = "parameters/unet_%d_params_" + TinyMinImagen.STAMP + ".json";

  @TempDir Path temporary;
  private Path folder;
  private Path t5;
  private Path catalogue;

  @BeforeEach
  void write() throws IOException {
    folder = TinyMinImagen.directory(temporary.resolve("training_" + TinyMinImagen.STAMP));
    t5 = TinyMinImagen.t5(temporary.resolve("t5"));
    catalogue = temporary.resolve("catalogue");
  }

  @Test
  @Tag("engine")
  void install_trainingDirectory_aCascadeWithItsWeightsToTheBit() throws IOException {
    List<String> lines = new ArrayList<>();
    Cascade cascade = MinImagenImport.open(folder, t5, "mine").install(catalogue, lines::add);
    assertThat(lines).containsExactly("base: U-Net 0", "sr16: U-Net 1", "text: t5_small");
    Catalogue installed = Catalogue.read(catalogue);
    assertThat(installed.cascades()).containsExactly(cascade);
    assertThat(cascade.stages())
        .extracting(CascadeStage::name)
        .containsExactly("text", "base", "sr16");
    assertThat(cascade.last().inputs())
        .isEqualTo(Map.of("embeds", "text.embeds", "image", "base.image"));
    TrainingDirectory source = TrainingDirectory.open(folder);
    assertThat(weights(installed, "mine-base")).isEqualTo(source.weights(0));
    assertThat(weights(installed, "mine-sr16")).isEqualTo(source.weights(1));
    assertThat(weights(installed, "mine-text"))
        .isEqualTo(SafeTensors.read(t5.resolve("model.safetensors")));
    installed.bundles().forEach(InstalledBundle::verifyFiles);
    assertThat(names(catalogue)).containsExactly("bundles", "cascades");
  }

  @Test
  @Tag("engine")
  void install_trainingDirectory_defaultsAndOriginInEveryBundle() throws IOException {
    MinImagenImport.open(folder, t5, "mine").install(catalogue, line -> {});
    Catalogue installed = Catalogue.read(catalogue);
    ObjectNode settings =
        installed.settings(new BundleId("mine-sr16", 1)).complete("sr16", WireJson.object());
    assertThat(settings.path("sampler").asText()).isEqualTo("ddpm");
    assertThat(settings.path("steps").asInt()).isEqualTo(125);
    assertThat(settings.path("aug").asDouble()).isEqualTo(0.3);
    assertThat(settings.path("cap").asDouble()).isEqualTo(1_000_000);
    for (InstalledBundle each : installed.bundles()) {
      assertThat(each.bundle().licence()).isEqualTo("NOASSERTION");
      assertThat(each.bundle().provenance().path("training_directory").asText())
          .isEqualTo("training_" + TinyMinImagen.STAMP);
      assertThat(each.bundle().provenance().at("/arguments/TIMESTEPS").asText()).isEqualTo("25");
    }
    InstalledBundle text = installed.bundle(new BundleId("mine-text", 1));
    assertThat(text.bundle().model().path("max_text_len").asInt()).isEqualTo(256);
    assertThat(text.bundle().provenance().path("t5").asText()).isEqualTo("t5_small");
  }

  @Test
  @Tag("engine")
  void install_lastWeightsTruncated_nothingWritten() throws IOException {
    Path state = folder.resolve(STATE.formatted(1));
    byte[] whole = Files.readAllBytes(state);
    Files.write(state, Arrays.copyOf(whole, whole.length / 2));
    assertNothingInstalled(WeightsException.class, state.toString());
  }

  @Test
  @Tag("engine")
  void install_weightsOfAnotherModel_nothingWritten() throws IOException {
    byte[] first = Files.readAllBytes(folder.resolve(STATE.formatted(0)));
    Files.write(folder.resolve(STATE.formatted(1)), first);
    assertNothingInstalled(WeightsException.class, "missing [");
  }

  @Test
  @Tag("engine")
  void install_weightsOfAnotherT5_nothingWritten() throws IOException {
    Path file = t5.resolve("model.safetensors");
    Map<String, HostTensor> weights = new LinkedHashMap<>(SafeTensors.read(file));
    weights.remove("encoder.final_layer_norm.weight");
    SafeTensors.write(file, weights, ElementType.F32);
    assertNothingInstalled(WeightsException.class, "missing [encoder.final_layer_norm.weight]");
  }

  @Test
  @Tag("engine")
  void install_nameTaken_refusedAndTheOtherUntouched() throws IOException {
    MinImagenImport source = MinImagenImport.open(folder, t5, "mine");
    source.install(catalogue, line -> {});
    List<String> digests = digests();
    assertThatThrownBy(() -> source.install(catalogue, line -> {}))
        .isInstanceOf(InvalidCatalogueException.class)
        .hasMessageContaining("mine.yaml: exists (expected: a cascade's new name)");
    Files.delete(catalogue.resolve("cascades/mine.yaml"));
    assertThatThrownBy(() -> source.install(catalogue, line -> {}))
        .isInstanceOf(InvalidCatalogueException.class)
        .hasMessageContaining("mine-text/1: exists");
    assertThat(digests()).isEqualTo(digests).hasSize(3);
  }

  @Test
  void install_weightsMissing_nothingWritten() throws IOException {
    Files.delete(folder.resolve(STATE.formatted(0)));
    assertNothingInstalled(TrainingDirectoryException.class, "unet_0_");
  }

  @Test
  void open_unknownArgument_namesFileAndKey() throws IOException {
    Path file = folder.resolve(UNET.formatted(1));
    ObjectNode json = (ObjectNode) WireJson.MAPPER.readTree(file.toFile());
    Files.writeString(file, json.put("dimension", 8).toString());
    assertRefused(TrainingDirectoryException.class, file + ": dimension: unknown");
  }

  @Test
  void open_noTrainingDirectory_saysWhatIsNotRead() throws IOException {
    Path checkpoint = Files.createDirectory(temporary.resolve("checkpoints"));
    Files.createFile(checkpoint.resolve("checkpoint.0.pt"));
    folder = checkpoint;
    assertRefused(TrainingDirectoryException.class, "imagen-pytorch are out of scope");
    folder = checkpoint.resolve("checkpoint.0.pt");
    assertRefused(TrainingDirectoryException.class, "imagen-pytorch are out of scope");
  }

  @Test
  void open_greyPictures_refused() {
    folder = temporary.resolve("grey");
    TrainingDirectory.create(
        folder, "grey", TinyMinImagen.model(TinyMinImagen.imagen(1)), Map.of());
    assertRefused(TrainingDirectoryException.class, "channels: 1 (expected: 3");
  }

  @Test
  void open_noT5_saysWhichFilesAndWhereFrom() {
    t5 = folder.resolve("t5");
    assertRefused(T5FilesException.class, "missing config.json, model.safetensors, tokenizer.json");
    assertRefused(T5FilesException.class, "https://huggingface.co/google-t5/t5-small");
  }

  @Test
  void open_t5OfAnotherWidth_refused() throws IOException {
    t5 = TinyMinImagen.t5(temporary.resolve("wide"), 24);
    assertRefused(
        T5FilesException.class, "d_model: 24 (expected: 16, text_embed_dim of the models)");
  }

  private void assertRefused(Class<? extends Throwable> type, String message) {
    assertThatThrownBy(() -> MinImagenImport.open(folder, t5, "mine"))
        .isInstanceOf(type)
        .hasMessageContaining(message);
  }

  private void assertNothingInstalled(Class<? extends Throwable> type, String message)
      throws IOException {
    MinImagenImport source = MinImagenImport.open(folder, t5, "mine");
    assertThatThrownBy(() -> source.install(catalogue, line -> {}))
        .isInstanceOf(type)
        .hasMessageContaining(message);
    assertThat(names(catalogue)).isEmpty();
  }

  private List<String> digests() {
    return Catalogue.read(catalogue).bundles().stream().map(InstalledBundle::digest).toList();
  }

  private static Map<String, HostTensor> weights(Catalogue catalogue, String bundle) {
    Path folder = catalogue.bundle(new BundleId(bundle, 1)).folder();
    return SafeTensors.read(folder.resolve("model.safetensors"));
  }

  private static List<String> names(Path folder) throws IOException {
    try (Stream<Path> inside = Files.list(folder)) {
      return inside.map(each -> each.getFileName().toString()).sorted().toList();
    }
  }
}
