package dev.cascadefarm.standalone.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.cascadefarm.standalone.diffusers.TinyKarlo;
import dev.cascadefarm.standalone.diffusers.TinyStableDiffusion;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Folders of Karlo that cannot be imported: exit 2, the fault by its name, nothing done. */
class ImportKarloRefusalTest {
  @TempDir Path directory;

  private final Terminal terminal = new Terminal();
  private Path folder;

  @BeforeEach
  void write() throws IOException {
    folder = TinyKarlo.folder(directory.resolve("karlo"));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          model_index.json | UnCLIPPipeline | UnCLIPImageVariationPipeline | _class_name: "UnCLIPImageVariationPipeline" (expected:
          model_index.json | "tokenizer" | "feature_extractor" | tokenizer: missing (expected: ["transformers", "CLIPTokenizer" or
          model_index.json | CLIPTextModelWithProjection | CLIPTextModel | text_encoder: ["transformers","CLIPTextModel"] (expected:
          model_index.json | ["unclip" | ["transformers" | text_proj: ["transformers","UnCLIPTextProjModel"] (expected: ["unclip" or "diffusers", "UnCLIPTextProjModel"])
          model_index.json | "super_res_last" | "super_res_end" | super_res_last: missing (expected: ["diffusers", "UNet2DModel"])
          model_index.json | "_diffusers_version" | "watermarker" | watermarker: unknown
          prior/config.json | "dropout" | "magic" | magic: unknown
          prior/config.json | "embedding_dim": 12 | "embedding_dim": 10 | embedding_dim: 10 (expected: 12, as hidden_size)
          prior/config.json | "num_embeddings": 11 | "num_embeddings": 77 | num_embeddings: 77 (expected: 11, as model_max_length)
          prior/config.json | "num_layers": 1 | "num_layers": -1 | num_layers: -1 (expected:
          text_proj/config.json | "clip_embeddings_dim": 12 | "clip_embeddings_dim": 10 | clip_embeddings_dim: 10 (expected: 12, as hidden_size)
          text_proj/config.json | "time_embed_dim": 32 | "time_embed_dim": 30 | class_embed_type: labels of width 32 (expected: 30, time_embed_dim of the projection)
          text_encoder/config.json | "projection_dim":12 | "projection_dim":16 | embedding_proj_dim: 12 (expected: 16, as projection_dim)
          decoder/config.json | "cross_attention_dim": 10 | "cross_attention_dim": 14 | cross_attention_dim: 14 (expected: 10, as the projection's)
          decoder/config.json | "out_channels": 6 | "out_channels": 3 | out_channels: 3 (expected: 6)
          decoder/config.json | ResnetUpsampleBlock2D | MagicUpBlock2D | MagicUpBlock2D
          decoder/config.json | "class_embed_type": "identity" | "class_embed_type": null | class_embed_type: labels of width 0
          decoder/config.json | "sample_size": 6 | "sample_size": 14 | sample_size: 14 (expected: above 14, the decoder's)
          super_res_last/config.json | "sample_size": 14 | "sample_size": 16 | sample_size: 16 (expected: 14, as super_res_first)
          super_res_first/config.json | "in_channels": 6 | "in_channels": 3 | in_channels: 3 (expected: 6)
          super_res_first/config.json | "layers_per_block" | "layers" | layers: unknown
          prior_scheduler/scheduler_config.json | fixed_small_log | learned_range | variance_type: LEARNED_RANGE (expected: fixed_small_log
          decoder_scheduler/scheduler_config.json | learned_range | fixed_small_log | variance_type: SMALL (expected: learned_range
          super_res_scheduler/scheduler_config.json | squaredcos_cap_v2 | linear | beta_schedule: "linear" (expected: squaredcos_cap_v2)
          super_res_scheduler/scheduler_config.json | UnCLIPScheduler | DDPMScheduler | _class_name: DDPMScheduler (expected: UnCLIPScheduler, as model_index.json says)
          """)
  void import_fileThatSaysOtherwise_refusedByName(
      String name, String text, String instead, String message) throws IOException {
    String content = Files.readString(folder.resolve(name));
    assertThat(content).contains(text);
    TinyStableDiffusion.text(folder, name, content.replace(text, instead));

    assertRefused(message);
  }

  @Test
  void import_pickleOnly_refusedWithTheWayToConvert() throws IOException {
    Path weights = folder.resolve("super_res_last").resolve(TinyKarlo.WEIGHTS);
    Files.move(weights, weights.resolveSibling("diffusion_pytorch_model.bin"));

    assertRefused("diffusion_pytorch_model.bin: a pickle can run code");
  }

  @Test
  void import_partThatLinksOut_refused() throws IOException {
    Path elsewhere = directory.resolve("elsewhere");
    Files.move(folder.resolve("prior"), elsewhere);
    Files.createSymbolicLink(folder.resolve("prior"), elsewhere);

    assertRefused("prior: links to ");
  }

  private void assertRefused(String message) {
    int code = terminal.run(directory, "import", "diffusers", folder.toString(), "--name", "mine");
    assertThat(code).as(terminal.err()).isEqualTo(ExitCode.USAGE);
    assertThat(terminal.err()).startsWith("farm: ").contains(message);
    assertThat(terminal.out()).isEmpty();
    assertThat(directory.resolve("catalogue")).doesNotExist();
  }
}
