package dev.cascadefarm.standalone.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.cascadefarm.standalone.diffusers.TinyStableDiffusion;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Folders of diffusers that cannot be imported: exit 2, the fault by its name, nothing written. */
class ImportRefusalTest {
  private static final String INDEX = "unet/diffusion_pytorch_model.safetensors.index.json";

  @TempDir Path directory;

  private final Terminal terminal = new Terminal();
  private Path pipeline;

  @BeforeEach
  void write() throws IOException {
    pipeline = TinyStableDiffusion.folder(directory.resolve("pipeline"));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          model_index.json | StableDiffusionPipeline | FluxPipeline | "FluxPipeline" (expected: StableDiffusionPipeline, IFPipeline, IFSuperResolutionPipeline, UnCLIPPipeline)
          model_index.json | CLIPTextModel | T5EncoderModel | text_encoder: ["transformers","T5EncoderModel"] (expected: ["transformers", "CLIPTextModel"])
          model_index.json | "vae" | "prior" | vae: missing (expected: ["diffusers", "AutoencoderKL"])
          model_index.json | "image_encoder" | "controlnet" | controlnet: unknown (expected:
          model_index.json | PNDMScheduler | DDIMScheduler | _class_name: PNDMScheduler (expected: DDIMScheduler, as model_index.json says)
          scheduler/scheduler_config.json | "clip_sample" | "use_magic" | use_magic: unknown
          unet/config.json | "sample_size": 8 | "sample_size": -8 | sample_size: -8 (expected:
          unet/config.json | "sample_size": 8, | '' | sample_size: [] (expected: one number, the latents' side)
          unet/config.json | CrossAttnUpBlock2D | MagicUpBlock2D | MagicUpBlock2D
          unet/config.json | "layers_per_block" | "layers" | layers: unknown
          unet/config.json | "cross_attention_dim": 12 | "cross_attention_dim": 16 | cross_attention_dim: 16 (expected: 12, hidden_size of the text encoder)
          vae/config.json | "latent_channels": 4 | "latent_channels": 8 | in_channels: 4, out_channels: 4 (expected: 8, latent_channels of the vae)
          vae/config.json | AutoencoderKL | VQModel | "VQModel" (expected: AutoencoderKL)
          """)
  void import_fileThatSaysOtherwise_refusedByName(
      String name, String text, String instead, String message) throws IOException {
    String content = Files.readString(pipeline.resolve(name));
    assertThat(content).contains(text);
    TinyStableDiffusion.text(pipeline, name, content.replace(text, instead));

    assertRefused(message);
  }

  @Test
  void import_pickleOnly_refusedWithTheWayToConvert() throws IOException {
    Path weights = pipeline.resolve(TinyStableDiffusion.UNET_WEIGHTS);
    Files.move(weights, weights.resolveSibling("diffusion_pytorch_model.bin"));

    assertRefused("diffusion_pytorch_model.bin: a pickle can run code");
  }

  @Test
  void import_shardMissing_refusedByItsName() throws IOException {
    Files.delete(pipeline.resolve(TinyStableDiffusion.UNET_WEIGHTS));
    TinyStableDiffusion.text(
        pipeline, INDEX, "{\"weight_map\": {\"conv_in.bias\": \"shard-2.safetensors\"}}");

    assertRefused("shard-2.safetensors: missing (expected: a file)");
  }

  @Test
  void import_partThatLinksOut_refused() throws IOException {
    Path elsewhere = directory.resolve("elsewhere");
    Files.move(pipeline.resolve("vae"), elsewhere);
    Files.createSymbolicLink(pipeline.resolve("vae"), elsewhere);

    assertRefused("vae: links to ");
  }

  @Test
  void import_partMissingOrNoFolder_refused() throws IOException {
    Files.delete(pipeline.resolve("scheduler/scheduler_config.json"));
    assertRefused("scheduler_config.json: missing (expected: a file)");
    pipeline = directory.resolve("nowhere");
    assertRefused("model_index.json: missing (expected: a file)");
  }

  @Test
  void import_superResolutionOfAnotherFamily_refused() {
    String folder = pipeline.toString();

    int code =
        terminal.run(
            directory,
            "import",
            "diffusers",
            folder,
            "--super-resolution",
            folder,
            "--name",
            "mine");

    assertThat(code).isEqualTo(ExitCode.USAGE);
    assertThat(terminal.err())
        .contains("is a StableDiffusionPipeline and no IFPipeline)")
        .startsWith("farm: --super-resolution: ");
  }

  @Test
  void import_badName_refused() {
    assertThat(run("Mine")).isEqualTo(ExitCode.USAGE);
    assertThat(terminal.err()).contains("--name: Mine (expected: ");
  }

  private void assertRefused(String message) {
    terminal.clear();
    assertThat(run("mine")).as(terminal.err()).isEqualTo(ExitCode.USAGE);
    assertThat(terminal.err()).startsWith("farm: ").contains(message);
    assertThat(terminal.out()).isEmpty();
    assertThat(directory.resolve("catalogue")).doesNotExist();
  }

  private int run(String name) {
    return terminal.run(directory, "import", "diffusers", pipeline.toString(), "--name", name);
  }
}
