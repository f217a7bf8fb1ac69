package dev.cascadefarm.diffusion.t5;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.cascadefarm.diffusion.stage.HostTensor;
import dev.cascadefarm.diffusion.weights.Initialization;
import dev.cascadefarm.diffusion.weights.WeightsException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class T5FolderTest {
  @TempDir Path folder;

  @Test
  void open_wholeFolder_configAndEncodersWeights() throws IOException {
    T5Folder files = TinyT5.write(folder);
    T5Config config = files.config();
    assertThat(config).isEqualTo(new T5Config(199, 512, 3, 5, 2, 2, 32, 128, "gated-gelu", 1e-6));
    Initialization.requireFit(
        new T5Encoder(new T5TextConfig(config, 8)).graph(), files.weights(), "tiny");
  }

  @ParameterizedTest
  @EnumSource(T5Name.class)
  void open_emptyFolder_saysWhichFilesAndWhereFrom(T5Name name) {
    assertThatThrownBy(() -> T5Folder.open(folder, name))
        .isInstanceOf(T5FilesException.class)
        .hasMessageContaining(folder + ": missing config.json, model.safetensors, tokenizer.json")
        .hasMessageContaining("https://huggingface.co/" + name.hub())
        .hasMessageContaining("T5EncoderModel.from_pretrained(\"" + name.hub() + "\")")
        .hasMessageContaining("not downloaded");
  }

  @Test
  void open_oneFileMissing_saysWhich() throws IOException {
    TinyT5.write(folder);
    Files.delete(folder.resolve("tokenizer.json"));
    assertThatThrownBy(() -> T5Folder.open(folder, T5Name.BASE_1_1))
        .hasMessageContaining("missing tokenizer.json (expected: config.json");
  }

  @Test
  void config_ofAnotherT5_refusedByItsWidth() throws IOException {
    TinyT5.write(folder);
    assertThatThrownBy(() -> T5Folder.open(folder, T5Name.T5_BASE).config())
        .isInstanceOf(T5FilesException.class)
        .hasMessageContaining("d_model: 512 (expected: 768, the width of t5_base)");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "\"feed_forward_proj\": \"gated-gelu\" | \"feed_forward_proj\": \"gated-silu\" |"
            + " feed_forward_proj: gated-silu (expected: relu or gated-gelu)",
        "\"model_type\": \"t5\" | \"model_type\": \"umt5\" | model_type: \"umt5\" (expected: t5)",
        "\"dropout_rate\": 0.1 | \"dense_act_fn\": \"gelu\" |"
            + " dense_act_fn: \"gelu\" (expected: gelu_new)",
        "\"d_kv\": 3 | \"d_kv\": \"3\" | d_kv: \"3\" (expected: a whole number)",
        "\"d_kv\": 3 | \"d_kw\": 3 | d_kv: missing (expected: a whole number)",
        "\"num_heads\": 2 | \"num_heads\": 0 | num_heads: 0 (expected: >= 1)",
        "\"d_ff\": 5 | \"d_ff\": 5, \"relative_attention_num_buckets\": 7 |"
            + " relative_attention_num_buckets: 7 (expected: even, >= 4)",
        "\"d_ff\": 5 | \"d_ff\": 5, \"relative_attention_max_distance\": 8 |"
            + " relative_attention_max_distance: 8 (expected: > a quarter of the buckets)",
        "\"d_ff\": 5 | \"d_ff\": 5, \"layer_norm_epsilon\": 0 | layer_norm_epsilon: 0.0",
        "\"eos_token_id\": 1 | \"eos_token_id\": 2 | eos_token_id: 2 (expected: 1)",
        "\"d_ff\": 5 | d_ff | (expected: JSON)"
      })
  void config_unknownValue_refusedByName(String from, String to, String message)
      throws IOException {
    T5Folder files = TinyT5.write(folder);
    String config = TinyT5.CONFIG.replace(from, to);
    assertThat(config).isNotEqualTo(TinyT5.CONFIG);
    Files.writeString(folder.resolve("config.json"), config);
    assertThatThrownBy(files::config)
        .isInstanceOf(T5FilesException.class)
        .hasMessageContaining("config.json: ")
        .hasMessageContaining(message);
  }

  @Test
  void encoder_embeddingUnderTwoNames_oneOrRefused() {
    HostTensor one = HostTensor.of(new float[] {1}, 1, 1);
    HostTensor two = HostTensor.of(new float[] {2}, 1, 1);
    String other = "encoder.embed_tokens.weight";
    assertThat(T5Weights.encoder(Map.of(other, one), "x")).isEqualTo(Map.of("shared.weight", one));
    assertThat(T5Weights.encoder(Map.of(other, one, "shared.weight", one), "x")).hasSize(1);
    assertThatThrownBy(() -> T5Weights.encoder(Map.of(other, one, "shared.weight", two), "x"))
        .isInstanceOf(WeightsException.class)
        .hasMessageContaining("shared.weight and encoder.embed_tokens.weight differ");
  }

  @Test
  void of_minImagensNames_found() {
    assertThat(T5Name.of("t5_base").width()).isEqualTo(768);
    assertThat(T5Name.of("xxl1.1").width()).isEqualTo(4096);
    assertThatThrownBy(() -> T5Name.of("t5_huge"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("T5: t5_huge (expected: t5_small, t5_base,");
  }
}
