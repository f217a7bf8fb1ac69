package dev.cascadefarm.diffusion.clip;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.cascadefarm.diffusion.parity.Fixture;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ClipConfigFileTest {
  private static final ObjectMapper JSON = new ObjectMapper();

  @Test
  void text_transformersFile_itsArchitecture() {
    assertThat(text("projected-quick", ""))
        .isEqualTo(new ClipTextConfig(754, 24, 37, 2, 2, 77, "quick_gelu", 1e-5, 753, 13));
    assertThat(text("text-quick", "").projectionDim()).isZero();
    assertThat(text("text-quick", "").pooledWidth()).isEqualTo(24);
    assertThat(text("text-quick", "").endsAtLargest()).isTrue();
    assertThat(text("text-gelu", "").endsAtLargest()).isFalse();
  }

  @Test
  void vision_transformersFile_itsArchitecture() {
    ClipVisionConfig config =
        ClipConfigFile.vision(Fixture.bytes("clip-vision-quick.json"), "vision");
    assertThat(config)
        .isEqualTo(new ClipVisionConfig(24, 37, 2, 3, 3, 30, 8, "quick_gelu", 1e-5, 11));
    assertThat(config.patches()).isEqualTo(9);
  }

  @Test
  void text_bookkeepingOfOldFiles_ignored() {
    String old =
        "\"_name_or_path\": \"x\", \"dropout\": 0.0, \"torch_dtype\": \"float16\","
            + " \"pruned_heads\": {}, \"is_decoder\": false, \"id2label\": {\"0\": \"a\"},"
            + " \"top_k\": 50,";
    assertThat(text("text-gelu", old)).isEqualTo(text("text-gelu", ""));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "use_flash | true | use_flash: unknown (expected: one of [",
        "quantization_config | {} | quantization_config: unknown",
        "is_decoder | true | is_decoder: true (expected: false)",
        "pruned_heads | {\"0\": [1]} | pruned_heads: {\"0\":[1]} (expected: none)",
        "model_type | \"siglip\" | model_type: \"siglip\" (expected: clip_text_model)",
        "architectures | [\"CLIPModel\"] | architectures: [\"CLIPModel\"] (expected: one of"
            + " CLIPTextModel, CLIPTextModelWithProjection)",
        "architectures | null | architectures: missing",
        "hidden_size | -24 | hidden_size: -24 (expected: >= 1)",
        "hidden_size | 25 | num_attention_heads: 4 (expected: a divisor of hidden_size, 25)",
        "hidden_size | 2.5 | hidden_size: 2.5 (expected: a whole number)",
        "num_hidden_layers | 0 | num_hidden_layers: 0 (expected: >= 1)",
        "hidden_act | \"relu\" | hidden_act: relu (expected: quick_gelu or gelu)",
        "hidden_act | 3 | hidden_act: 3 (expected: a text)",
        "layer_norm_eps | 0 | layer_norm_eps: 0.0 (expected: > 0, < 1)",
        "layer_norm_eps | \"a\" | layer_norm_eps: \"a\" (expected: a number)",
        "eos_token_id | [1, 2] | eos_token_id: [1,2] (expected: a whole number)",
        "max_position_embeddings | 1 | max_position_embeddings: 1 (expected: >= 2)",
        "vocab_size | 0 | vocab_size: 0 (expected: >= 1)"
      })
  void text_unknownKeyOrValue_refusedByName(String key, String value, String message)
      throws IOException {
    byte[] content = doctored("text-gelu", key, value);
    assertThatThrownBy(() -> ClipConfigFile.text(content, "config.json"))
        .isInstanceOf(ClipFilesException.class)
        .hasMessageContaining("config.json: " + message);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "patch_size | 31 | patch_size: 31 (expected: 1 to image_size, 30)",
        "patch_size | [8, 8] | patch_size: [8,8] (expected: a whole number)",
        "image_size | 0 | image_size: 0 (expected: 1 to 4096)",
        "projection_dim | 0 | projection_dim: 0 (expected: >= 1)",
        "vocab_size | 3 | vocab_size: unknown",
        "architectures | [\"CLIPVisionModel\"] | expected: one of CLIPVisionModelWithProjection"
      })
  void vision_unknownKeyOrValue_refusedByName(String key, String value, String message)
      throws IOException {
    byte[] content = doctored("vision-quick", key, value);
    assertThatThrownBy(() -> ClipConfigFile.vision(content, "config.json"))
        .isInstanceOf(ClipFilesException.class)
        .hasMessageContaining(message);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{\"a\": | (expected: JSON)",
        "[] | (expected: a JSON object)",
        "{\"a\":1,\"a\":2} | a"
      })
  void text_notJson_refused(String content, String message) {
    assertThatThrownBy(
            () -> ClipConfigFile.text(content.getBytes(StandardCharsets.UTF_8), "config.json"))
        .isInstanceOf(ClipFilesException.class)
        .hasMessageContaining("config.json: ")
        .hasMessageContaining(message);
  }

  @Test
  void weights_bothFormsOfNames_ours() {
    Map<String, Integer> bare =
        Map.of(
            "embeddings.position_ids", 1, "final_layer_norm.bias", 2, "text_projection.weight", 3);
    Map<String, Integer> prefixed =
        Map.of(
            "text_model.embeddings.position_ids", 1,
            "text_model.final_layer_norm.bias", 2,
            "text_projection.weight", 3);
    Set<String> ours = Set.of("text_model.final_layer_norm.bias", "text_projection.weight");
    assertThat(ClipWeights.text(bare)).containsOnlyKeys(ours);
    assertThat(ClipWeights.text(prefixed)).containsOnlyKeys(ours);
    assertThat(ClipWeights.vision(Map.of("pre_layrnorm.bias", 1)))
        .containsOnlyKeys("vision_model.pre_layrnorm.bias");
  }

  private static ClipTextConfig text(String name, String more) {
    String file = new String(Fixture.bytes("clip-" + name + ".json"), StandardCharsets.UTF_8);
    byte[] content = file.replaceFirst("\\{", "{" + more).getBytes(StandardCharsets.UTF_8);
    return ClipConfigFile.text(content, name);
  }

  private static byte[] doctored(String name, String key, String value) throws IOException {
    ObjectNode file = (ObjectNode) JSON.readTree(Fixture.bytes("clip-" + name + ".json"));
    file.set(key, JSON.readTree(value));
    return JSON.writeValueAsBytes(file);
  }
}
