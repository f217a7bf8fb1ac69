package dev.cascadefarm.standalone.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.cascadefarm.standalone.diffusers.TinyDeepFloyd;
import dev.cascadefarm.standalone.diffusers.TinyStableDiffusion;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Folders of DeepFloyd IF that cannot be imported: exit 2, the fault by its name, nothing done. */
class ImportDeepFloydRefusalTest {
  private static final String SHARDS = "text_encoder/model.safetensors.index.json";

  @TempDir Path directory;

  private final Terminal terminal = new Terminal();
  private Path base;
  private Path enlarger;

  @BeforeEach
  void write() throws IOException {
    base = TinyDeepFloyd.base(directory.resolve("IF-I"));
    enlarger = TinyDeepFloyd.enlarger(directory.resolve("IF-II"));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          IF-I/model_index.json | IFPipeline | IFInpaintingPipeline | "IFInpaintingPipeline" (expected: StableDiffusionPipeline, IFPipeline,
          IF-II/model_index.json | IFSuperResolutionPipeline | IFPipeline | "IFPipeline" (expected: IFSuperResolutionPipeline)
          IF-I/model_index.json | T5EncoderModel | CLIPTextModel | text_encoder: ["transformers","CLIPTextModel"] (expected: ["transformers", "T5EncoderModel"])
          IF-II/model_index.json | image_noising_scheduler | noising | image_noising_scheduler: missing (expected: ["diffusers", one of its classes])
          IF-I/model_index.json | "watermarker" | "controlnet" | controlnet: unknown (expected:
          IF-I/model_index.json | DDPMScheduler | DDIMScheduler | _class_name: DDPMScheduler (expected: DDIMScheduler, as model_index.json says)
          IF-I/scheduler/scheduler_config.json | "trained_betas" | "magic" | magic: unknown
          IF-I/scheduler/scheduler_config.json | learned_range | fixed_small | out_channels: 6 (expected: 3, as variance_type of the scheduler says)
          IF-I/scheduler/scheduler_config.json | "thresholding": true | "thresholding": 3 | thresholding: 3 (expected: true or false)
          IF-II/image_noising_scheduler/scheduler_config.json | linear | odd | beta_schedule: odd
          IF-I/unet/config.json | "sample_size": 8 | "sample_size": -8 | sample_size: -8 (expected:
          IF-I/unet/config.json | "in_channels": 3 | "in_channels": 4 | in_channels: 4 (expected: 3)
          IF-II/unet/config.json | "in_channels": 6 | "in_channels": 3 | in_channels: 3 (expected: 6)
          IF-II/unet/config.json | "class_embed_type": "timestep" | "class_embed_type": null | class_embed_type (expected: timestep)
          IF-II/unet/config.json | "sample_size": 12 | "sample_size": 8 | sample_size: 8 (expected: above 8, the first stage's)
          IF-II/unet/config.json | "encoder_hid_dim": 16 | "encoder_hid_dim": 12 | encoder_hid_dim: 12 (expected: 16, d_model of
          IF-I/unet/config.json | ResnetUpsampleBlock2D | MagicUpBlock2D | MagicUpBlock2D
          IF-I/unet/config.json | "layers_per_block" | "layers" | layers: unknown
          IF-I/text_encoder/config.json | "num_layers":1 | "num_layers":-1 | num_layers: -1 (expected: >= 1)
          IF-I/text_encoder/config.json | "relu" | "gelu" | feed_forward_proj: gelu (expected: relu or gated-gelu)
          """)
  void import_fileThatSaysOtherwise_refusedByName(
      String name, String text, String instead, String message) throws IOException {
    String content = Files.readString(directory.resolve(name));
    assertThat(content).contains(text);
    TinyStableDiffusion.text(directory, name, content.replace(text, instead));

    assertRefused(message);
  }

  @Test
  void import_sentencePieceOnly_refusedWithTheWayToConvert() throws IOException {
    Path tokenizer = base.resolve("tokenizer/tokenizer.json");
    Files.move(tokenizer, tokenizer.resolveSibling("spiece.model"));

    assertRefused("only spiece.model (expected: tokenizer.json)");
    assertThat(terminal.err()).contains("AutoTokenizer.from_pretrained(\"" + base);
  }

  @Test
  void import_pickleOnly_refusedWithTheWayToConvert() throws IOException {
    Path weights = enlarger.resolve(TinyDeepFloyd.UNET_WEIGHTS);
    Files.move(weights, weights.resolveSibling("diffusion_pytorch_model.bin"));

    assertRefused("diffusion_pytorch_model.bin: a pickle can run code");
  }

  @Test
  void import_shardMissingOrElsewhere_refusedByItsName() throws IOException {
    Files.delete(base.resolve("text_encoder/model.safetensors"));
    TinyStableDiffusion.text(
        base, SHARDS, "{\"weight_map\": {\"shared.weight\": \"shard-2.safetensors\"}}");
    assertRefused("shard-2.safetensors: missing (expected: a file)");

    TinyStableDiffusion.text(
        base, SHARDS, "{\"weight_map\": {\"shared.weight\": \"../unet/a.safetensors\"}}");
    assertRefused("../unet/a.safetensors (expected: the name of a file of that folder)");
  }

  @Test
  void import_partThatLinksOut_refused() throws IOException {
    Path elsewhere = directory.resolve("elsewhere");
    Files.move(enlarger.resolve("unet"), elsewhere);
    Files.createSymbolicLink(enlarger.resolve("unet"), elsewhere);

    assertRefused("unet: links to ");
  }

  private void assertRefused(String message) {
    terminal.clear();
    int code =
        terminal.run(
            directory,
            "import",
            "diffusers",
            base.toString(),
            "--super-resolution",
            enlarger.toString(),
            "--name",
            "mine");
    assertThat(code).as(terminal.err()).isEqualTo(ExitCode.USAGE);
    assertThat(terminal.err()).startsWith("farm: ").contains(message);
    assertThat(terminal.out()).isEmpty();
    assertThat(directory.resolve("catalogue")).doesNotExist();
  }
}
