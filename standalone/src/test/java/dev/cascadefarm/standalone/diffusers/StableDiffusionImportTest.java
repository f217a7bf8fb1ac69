package dev.cascadefarm.standalone.diffusers;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.cascadefarm.common.cascade.BundleId;
import dev.cascadefarm.common.cascade.Cascade;
import dev.cascadefarm.common.cascade.CascadeStage;
import dev.cascadefarm.common.cascade.Catalogue;
import dev.cascadefarm.common.cascade.InstalledBundle;
import dev.cascadefarm.common.json.WireJson;
import dev.cascadefarm.diffusion.stage.HostTensor;
import dev.cascadefarm.diffusion.weights.ElementType;
import dev.cascadefarm.diffusion.weights.SafeTensors;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class StableDiffusionImportTest {
  @TempDir Path temporary;
  private Path folder;
  private Path catalogue;

  @BeforeEach
  void write() throws IOException {
    folder = TinyStableDiffusion.folder(temporary.resolve("pipeline"));
    catalogue = temporary.resolve("catalogue");
  }

  @Test
  @Tag("engine")
  void install_pipeline_twoCascadesOverFourBundles() throws IOException {
    List<Cascade> cascades =
        PipelineImport.open(folder, Optional.empty(), "mine").install(catalogue, line -> {});

    Catalogue installed = Catalogue.read(catalogue);
    assertThat(installed.cascades()).containsExactlyElementsOf(cascades);
    assertThat(cascades.get(1).stages())
        .extracting(CascadeStage::name)
        .containsExactly("text", "encode", "latent", "vae");
    assertThat(cascades.get(1).stages().get(2).inputs())
        .isEqualTo(Map.of("embeds", "text.embeds", "latents", "encode.latents"));
    installed.bundles().forEach(InstalledBundle::verifyFiles);
    assertThat(installed.bundles())
        .extracting(each -> each.id().toString())
        .containsExactly(
            "mine-latent@1", "mine-text@1", "mine-vae-decoder@1", "mine-vae-encoder@1");
    InstalledBundle latent = installed.bundle(new BundleId("mine-latent", 1));
    assertThat(latent.bundle().imageSize()).isEqualTo(TinyStableDiffusion.SIDE / 2);
    assertThat(latent.bundle().provenance().at("/licence_files/0").asText())
        .isEqualTo("LICENSE.txt");
    InstalledBundle text = installed.bundle(new BundleId("mine-text", 1));
    assertThat(
            List.of(text.bundle().outputs().get("embeds"), latent.bundle().inputs().get("embeds")))
        .allSatisfy(each -> assertThat(each.shape()).containsExactly("1", "N", "12"));
    assertThat(SafeTensors.read(latent.folder().resolve("model.safetensors")))
        .isEqualTo(SafeTensors.read(folder.resolve(TinyStableDiffusion.UNET_WEIGHTS)));
    assertThat(SafeTensors.map(latent.folder().resolve("selftest.safetensors")).keySet())
        .allMatch(each -> each.contains("/in/"));
  }

  @Test
  @Tag("engine")
  void install_tensorOfAnotherShape_namedAndNothingWritten() throws IOException {
    Path file = folder.resolve(TinyStableDiffusion.UNET_WEIGHTS);
    Map<String, HostTensor> weights = new LinkedHashMap<>(SafeTensors.read(file));
    weights.put("conv_in.bias", HostTensor.of(new float[9], 9));
    SafeTensors.write(file, weights, ElementType.F32);
    PipelineImport source = PipelineImport.open(folder, Optional.empty(), "mine");

    assertThatThrownBy(() -> source.install(catalogue, line -> {}))
        .isInstanceOf(PipelineException.class)
        .hasMessageContaining("conv_in.bias is [9], expected [8]");

    try (Stream<Path> left = Files.list(catalogue)) {
      assertThat(left).isEmpty();
    }
  }

  @Test
  void parameters_pndm_asThePipelineSamples() throws IOException {
    JsonNode defaults = defaults();

    assertThat(defaults.path("sampler").asText()).isEqualTo("pndm");
    assertThat(defaults.path("spacing").asText()).isEqualTo("leading");
    assertThat(defaults.path("steps_offset").asInt()).isEqualTo(1);
    assertThat(defaults.path("steps").asInt()).isEqualTo(50);
    assertThat(defaults.path("guidance").asDouble()).isEqualTo(7.5);
    assertThat(defaults.path("threshold").asText()).isEqualTo("none");
    assertThat(defaults.path("strength").asDouble()).isEqualTo(0.8);
  }

  @Test
  void parameters_ddimThatClips_asThePipelineSamples() throws IOException {
    scheduler("DDIMScheduler", "\"clip_sample\": true, \"prediction_type\": \"v_prediction\"");
    assertThat(defaults().path("sampler").asText()).isEqualTo("ddim");
    assertThat(defaults().path("threshold").asText()).isEqualTo("none");
    assertThat(StableDiffusionParts.read(folder).latent().diffusion().objective()).hasToString("V");
  }

  @Test
  void parameters_eulerByTrailingSteps_asThePipelineSamples() throws IOException {
    scheduler("EulerDiscreteScheduler", "\"timestep_spacing\": \"trailing\"");
    assertThat(defaults().path("sampler").asText()).isEqualTo("euler");
    assertThat(defaults().path("spacing").asText()).isEqualTo("trailing");
  }

  @Test
  void parameters_dpmSolverThatSaysMinusInfinity_asThePipelineSamples() throws IOException {
    scheduler("DPMSolverMultistepScheduler", "\"lambda_min_clipped\": -Infinity");
    assertThat(defaults().path("sampler").asText()).isEqualTo("dpmpp_2m");
  }

  @Test
  void read_schedulerThatIsNotTheIndexs_refusedByName() throws IOException {
    scheduler("DDIMScheduler", "\"clip_sample\": true");
    String said = "{\"_class_name\": \"DDPMScheduler\"}";
    TinyStableDiffusion.text(folder, "scheduler/scheduler_config.json", said);

    assertThatThrownBy(() -> StableDiffusionParts.read(folder))
        .isInstanceOf(PipelineException.class)
        .hasMessageContaining("_class_name: DDPMScheduler (expected: DDIMScheduler");
  }

  private void scheduler(String name, String keys) throws IOException {
    Path index = folder.resolve("model_index.json");
    Files.writeString(index, Files.readString(index).replace("PNDMScheduler", name));
    TinyStableDiffusion.text(
        folder,
        "scheduler/scheduler_config.json",
        "{\"_class_name\": \"%s\", %s}".formatted(name, keys));
  }

  private JsonNode defaults() throws IOException {
    ObjectNode defaults = WireJson.object();
    StableDiffusionParts.read(folder)
        .latent()
        .parameters()
        .path("properties")
        .properties()
        .forEach(each -> defaults.set(each.getKey(), each.getValue().get("default")));
    return defaults;
  }
}
