package dev.cascadefarm.diffusion.karlo;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.cascadefarm.diffusion.diffusers.ConfigException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Configurations of Karlo's parts: what is read, and what is refused by its key. */
class KarloConfigTest {
  @Test
  void parse_nothingSaid_diffusersDefaults() {
    PriorTransformerConfig config =
        PriorTransformerConfig.parse(
            "{\"_class_name\": \"PriorTransformer\"}".getBytes(UTF_8), "p");
    assertThat(config.width()).isEqualTo(2048);
    assertThat(config.length()).isEqualTo(81);
    assertThat(config.timeWidth()).isEqualTo(2048);
    assertThat(config.out()).isEqualTo(768);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          "_class_name": "UNet2DModel" | p: _class_name: "UNet2DModel" (expected: PriorTransformer)
          "_class_name": "PriorTransformer", "num_layers": -1 | num_layers: -1 (expected:
          "_class_name": "PriorTransformer", "num_layers": 65 | num_layers: 65 (expected: <= 64)
          "_class_name": "PriorTransformer", "additional_embeddings": 0 | additional_embeddings: 0
          "_class_name": "PriorTransformer", "additional_embeddings": 3 | additional_embeddings: 3 (expected: 4)
          "_class_name": "PriorTransformer", "encoder_hid_proj_type": null | encoder_hid_proj_type
          "_class_name": "PriorTransformer", "added_emb_type": "new" | added_emb_type: "new" (expected: prd or null)
          "_class_name": "PriorTransformer", "magic": 1 | magic: unknown
          """)
  void parse_priorThatCannotBeFollowed_refusedByKey(String keys, String message) {
    byte[] content = ("{" + keys + "}").getBytes(UTF_8);
    assertThatThrownBy(() -> PriorTransformerConfig.parse(content, "p"))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining(message);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          "time_embed_dim": 4 | cross_attention_dim: missing (expected: a whole number >= 1)
          "time_embed_dim": -4, "cross_attention_dim": 4 | time_embed_dim: -4 (expected:
          "time_embed_dim": 4, "cross_attention_dim": 4, "magic": 1 | magic: unknown
          """)
  void parse_projectionThatCannotBeFollowed_refusedByKey(String keys, String message) {
    byte[] content = ("{\"_class_name\": \"UnCLIPTextProjModel\", " + keys + "}").getBytes(UTF_8);
    assertThatThrownBy(() -> TextProjectionConfig.parse(content, "p"))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining(message);
  }
}
