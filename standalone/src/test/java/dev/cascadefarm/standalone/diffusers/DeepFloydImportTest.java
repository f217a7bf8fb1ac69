package dev.cascadefarm.standalone.diffusers;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import dev.cascadefarm.common.cascade.BundleId;
import dev.cascadefarm.common.cascade.Cascade;
import dev.cascadefarm.common.cascade.Catalogue;
import dev.cascadefarm.common.cascade.InstalledBundle;
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

class DeepFloydImportTest {
  @TempDir Path temporary;
  private Path base;
  private Path enlarger;
  private Path catalogue;

  @BeforeEach
  void write() throws IOException {
    base = TinyDeepFloyd.base(temporary.resolve("IF-I"));
    enlarger = TinyDeepFloyd.enlarger(temporary.resolve("IF-II"));
    catalogue = temporary.resolve("catalogue");
  }

  @Test
  @Tag("engine")
  void install_bothStages_twoCascadesOverThreeBundles() throws IOException {
    List<String> reports = new ArrayList<>();

    List<Cascade> cascades =
        PipelineImport.open(base, Optional.of(enlarger), "mine").install(catalogue, reports::add);

    assertThat(cascades).extracting(Cascade::name).containsExactly("mine", "mine-enlarge");
    assertThat(cascades.get(0).stages().get(2).inputs())
        .isEqualTo(Map.of("embeds", "text.embeds", "image", "base.image"));
    assertThat(cascades.get(1).stages().get(1).inputs())
        .isEqualTo(Map.of("embeds", "text.embeds", "image", "request.init_image"));
    Catalogue installed = Catalogue.read(catalogue);
    installed.bundles().forEach(InstalledBundle::verifyFiles);
    assertThat(installed.bundles())
        .extracting(each -> each.id().toString())
        .containsExactly("mine-base@1", "mine-sr12@1", "mine-text@1");
    assertThat(reports)
        .containsExactly(
            "not imported: safety_checker, feature_extractor, watermarker; nothing looks at the"
                + " pictures or marks them",
            "text: text_encoder",
            "base: unet",
            "sr12: unet");
    InstalledBundle sr = installed.bundle(new BundleId("mine-sr12", 1));
    assertThat(sr.bundle().provenance().at("/licence_files/0").asText()).isEqualTo("LICENSE.md");
    assertThat(sr.bundle().provenance().path("pipeline").asText()).isEqualTo("IF-II");
    assertThat(sr.bundle().diffusion().at("/lowres/enlargement").asText()).isEqualTo("bilinear");
    assertThat(SafeTensors.map(sr.folder().resolve("model.safetensors")).values())
        .allMatch(each -> each.type() == ElementType.F16);
    JsonNode text = installed.bundle(new BundleId("mine-text", 1)).bundle().model();
    assertThat(text.path("max_text_len").asInt()).isEqualTo(77);
    assertThat(text.path("convention").asText()).isEqualTo("deepfloyd");
  }

  @Test
  @Tag("engine")
  void install_oneStageAlone_oneCascade() throws IOException {
    List<Cascade> drawing =
        PipelineImport.open(base, Optional.empty(), "draw").install(catalogue, line -> {});
    List<Cascade> enlarging =
        PipelineImport.open(enlarger, Optional.empty(), "enlarge").install(catalogue, line -> {});

    assertThat(drawing).extracting(each -> each.id().toString()).containsExactly("draw@1");
    assertThat(enlarging).extracting(each -> each.id().toString()).containsExactly("enlarge@1");
    assertThat(enlarging.get(0).stages().get(1).inputs())
        .containsEntry("image", "request.init_image");
  }

  @Test
  @Tag("engine")
  void install_secondStagesTensorOfAnotherShape_namedAndNothingWritten() throws IOException {
    Path file = enlarger.resolve(TinyDeepFloyd.UNET_WEIGHTS);
    Map<String, HostTensor> weights = new LinkedHashMap<>(SafeTensors.read(file));
    weights.put("conv_in.bias", HostTensor.of(new float[9], 9));
    SafeTensors.write(file, weights, ElementType.F32);
    PipelineImport source = PipelineImport.open(base, Optional.of(enlarger), "mine");

    assertThatThrownBy(() -> source.install(catalogue, line -> {}))
        .isInstanceOf(PipelineException.class)
        .hasMessageContaining("conv_in.bias is [9], expected [8]");

    try (Stream<Path> left = Files.list(catalogue)) {
      assertThat(left).isEmpty();
    }
  }

  @Test
  void parameters_bothStages_asThePipelinesSample() throws IOException {
    JsonNode first = DeepFloydPipeline.base(base).stage().sampling().parameters(-1);
    assertDefault(first, "sampler", "ddpm");
    assertDefault(first, "steps", "100");
    assertDefault(first, "guidance", "7.0");
    assertDefault(first, "spacing", "leading");
    assertDefault(first, "steps_offset", "0");
    assertDefault(first, "threshold", "dynamic");
    assertDefault(first, "percentile", "0.95");
    assertDefault(first, "cap", "1.5");
    assertThat(first.path("properties").has("aug")).isFalse();

    PixelStage second = DeepFloydPipeline.enlarger(enlarger).stage();
    JsonNode parameters = second.sampling().parameters(second.aug());
    assertDefault(parameters, "steps", "50");
    assertDefault(parameters, "guidance", "4.0");
    assertDefault(parameters, "aug", "0.25");
  }

  @Test
  void open_secondStageWithoutText_onlyWithAFirstStage() throws IOException {
    Path index = enlarger.resolve("model_index.json");
    String none =
        Files.readString(index)
            .replace("[\"transformers\", \"T5EncoderModel\"]", "[null, null]")
            .replace("[\"transformers\", \"T5Tokenizer\"]", "[null, null]");
    Files.writeString(index, none);

    assertThat(DeepFloydPipeline.enlarger(enlarger).text()).isEmpty();
    PipelineImport.open(base, Optional.of(enlarger), "mine");
    assertThatThrownBy(() -> PipelineImport.open(enlarger, Optional.empty(), "mine"))
        .isInstanceOf(PipelineException.class)
        .hasMessageContaining("text_encoder: null (expected: a T5EncoderModel, or the folder as");
  }

  private static void assertDefault(JsonNode schema, String setting, String value) {
    JsonNode initial = schema.at("/properties/" + setting + "/default");
    assertThat(initial.asText()).as(setting).isEqualTo(value);
  }
}
