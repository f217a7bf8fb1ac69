package dev.cascadefarm.standalone.diffusers;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import dev.cascadefarm.common.cascade.BundleId;
import dev.cascadefarm.common.cascade.Cascade;
import dev.cascadefarm.common.cascade.Catalogue;
import dev.cascadefarm.common.cascade.InstalledBundle;
import dev.cascadefarm.common.cascade.StageBundle;
import dev.cascadefarm.diffusion.stage.HostTensor;
import dev.cascadefarm.diffusion.weights.ElementType;
import dev.cascadefarm.diffusion.weights.SafeTensors;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@Tag("engine")
class KarloImportTest {
  @TempDir Path temporary;
  private Path folder;
  private Path catalogue;

  @BeforeEach
  void write() throws IOException {
    folder = TinyKarlo.folder(temporary.resolve("karlo"));
    catalogue = temporary.resolve("catalogue");
  }

  @Test
  void install_pipeline_oneCascadeOverFiveBundles() throws IOException {
    List<String> reports = new ArrayList<>();

    List<Cascade> cascades =
        PipelineImport.open(folder, Optional.empty(), "mine").install(catalogue, reports::add);

    assertThat(cascades).extracting(each -> each.id().toString()).containsExactly("mine@1");
    Cascade cascade = cascades.get(0);
    assertThat(cascade.stages())
        .extracting(each -> each.name())
        .containsExactly("text", "prior", "decoder", "sr14", "last");
    assertThat(cascade.stages().get(2).inputs())
        .isEqualTo(Map.of("embeds", "text.embeds", "image_embed", "prior.image_embed"));
    assertThat(cascade.stages().get(4).inputs())
        .isEqualTo(Map.of("image", "decoder.image", "noisy_image", "sr14.noisy_image"));
    Catalogue installed = Catalogue.read(catalogue);
    installed.bundles().forEach(InstalledBundle::verifyFiles);
    assertThat(reports)
        .containsExactly(
            "text: text_encoder",
            "prior: prior",
            "decoder: text_proj, decoder",
            "sr14: super_res_first",
            "last: super_res_last");
    StageBundle last = bundle("last");
    assertThat(last.provenance().at("/licence_files/0").asText()).isEqualTo("LICENSE.md");
    assertThat(last.diffusion().path("rows").asText()).isEqualTo("last");
    assertThat(last.diffusion().at("/lowres/clean").asBoolean()).isTrue();
  }

  @Test
  void install_pipeline_settingsAndWeightsAsThePipelines() throws IOException {
    PipelineImport.open(folder, Optional.empty(), "mine").install(catalogue, line -> {});

    assertDefaults("prior", "sampler=unclip", "steps=25", "guidance=4.0", "range=5.0");
    assertDefaults("decoder", "sampler=unclip", "steps=25", "guidance=8.0", "range=1.0");
    assertDefaults("sr14", "steps=7", "threshold=static", "range=1.0");
    assertThat(bundle("sr14").parameters().at("/properties/steps/minimum").asInt()).isEqualTo(2);
    assertThat(settings("sr14")).containsExactlyInAnyOrder("steps", "threshold", "range");
    assertThat(settings("last")).containsExactlyInAnyOrder("threshold", "range");
    assertThat(weights("text")).allMatch(each -> each == ElementType.F32);
    assertThat(weights("decoder")).allMatch(each -> each == ElementType.F16);
  }

  /** Versions of diffusers differ in whose class it is. */
  @Test
  void open_projectionAsDiffusersOwn_accepted() throws IOException {
    Path index = folder.resolve("model_index.json");
    Files.writeString(index, Files.readString(index).replace("\"unclip\"", "\"diffusers\""));

    PipelineImport.open(folder, Optional.empty(), "mine");
  }

  @Test
  void install_tensorOfAnotherShape_namedAndNothingWritten() throws IOException {
    Path file = folder.resolve("text_proj").resolve(TinyKarlo.WEIGHTS);
    Map<String, HostTensor> weights = new LinkedHashMap<>(SafeTensors.read(file));
    weights.put("embedding_proj.bias", HostTensor.of(new float[9], 9));
    SafeTensors.write(file, weights, ElementType.F32);
    PipelineImport source = PipelineImport.open(folder, Optional.empty(), "mine");

    assertThatThrownBy(() -> source.install(catalogue, line -> {}))
        .isInstanceOf(PipelineException.class)
        .hasMessageContaining("text_proj.embedding_proj.bias is [9], expected [32]");

    try (Stream<Path> left = Files.list(catalogue)) {
      assertThat(left).isEmpty();
    }
  }

  private void assertDefaults(String stage, String... defaults) {
    JsonNode properties = bundle(stage).parameters().path("properties");
    for (String each : defaults) {
      String[] said = each.split("=", 2);
      assertThat(properties.path(said[0]).path("default").asText()).as(each).isEqualTo(said[1]);
    }
  }

  private List<String> settings(String stage) {
    List<String> names = new ArrayList<>();
    bundle(stage).parameters().path("properties").fieldNames().forEachRemaining(names::add);
    return names;
  }

  private Stream<ElementType> weights(String stage) {
    InstalledBundle bundle = Catalogue.read(catalogue).bundle(new BundleId("mine-" + stage, 1));
    return SafeTensors.map(bundle.folder().resolve("model.safetensors")).values().stream()
        .map(each -> each.type());
  }

  private StageBundle bundle(String stage) {
    return Catalogue.read(catalogue).bundle(new BundleId("mine-" + stage, 1)).bundle();
  }
}
