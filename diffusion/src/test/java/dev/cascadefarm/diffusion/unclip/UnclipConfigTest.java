package dev.cascadefarm.diffusion.unclip;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.util.List;
import org.junit.jupiter.api.Test;

class UnclipConfigTest {
  private static final JsonMapper JSON =
      JsonMapper.builder()
          .propertyNamingStrategy(PropertyNamingStrategies.SNAKE_CASE)
          .enable(DeserializationFeature.FAIL_ON_MISSING_CREATOR_PROPERTIES)
          .build();
  private static final TowerConfig TOWER = new TowerConfig(8, 2, 2);
  private static final ClipConfig CLIP = new ClipConfig(3, 16, 4, TOWER, 40, 12, TOWER, 6);
  private static final PriorConfig PRIOR = new PriorConfig(6, 8, 12, TOWER);
  private static final DecoderConfig DECODER =
      new DecoderConfig(3, 8, List.of(1, 2, 3), 1, 10, 4, 2, 6, 2, 8, 12);

  @Test
  void json_anyConfiguration_comesBackEqual() throws JsonProcessingException {
    assertThat(JSON.readValue(JSON.writeValueAsString(CLIP), ClipConfig.class)).isEqualTo(CLIP);
    assertThat(JSON.readValue(JSON.writeValueAsString(PRIOR), PriorConfig.class)).isEqualTo(PRIOR);
    assertThat(JSON.readValue(JSON.writeValueAsString(DECODER), DecoderConfig.class))
        .isEqualTo(DECODER);
  }

  @Test
  void json_unknownOrMissingKey_refused() throws JsonProcessingException {
    String json = JSON.writeValueAsString(PRIOR);
    String unknown = json.replace("\"latent_dim\"", "\"dropout\":0.1,\"latent_dim\"");
    assertThatThrownBy(() -> JSON.readValue(unknown, PriorConfig.class))
        .hasMessageContaining("dropout");
    String missing = json.replace("\"latent_dim\":6,", "");
    assertThat(missing).isNotEqualTo(json);
    assertThatThrownBy(() -> JSON.readValue(missing, PriorConfig.class))
        .hasMessageContaining("latent_dim");
  }

  @Test
  void constructors_valuesOutOfRange_refusedByName() {
    assertThatThrownBy(() -> new TowerConfig(9, 2, 2))
        .hasMessageContaining("9 wide")
        .hasMessageContaining("expected: all >= 1, width a multiple of heads");
    assertThatThrownBy(() -> new ClipConfig(3, 15, 4, TOWER, 40, 12, TOWER, 6))
        .hasMessage("side: 15 (expected: a multiple of the patch 4)");
    assertThatThrownBy(() -> new PriorConfig(0, 8, 12, TOWER))
        .hasMessage("latent_dim: 0 (expected: >= 1)");
    assertThatThrownBy(() -> new PriorConfig(6, 8, 12, new TowerConfig(9, 1, 3)))
        .hasMessage("width: 9 (expected: even)");
    assertThatThrownBy(() -> new DecoderConfig(3, 6, List.of(1), 1, 10, 4, 2, 6, 2, 8, 12))
        .hasMessage("dim: 6 (expected: even, a multiple of 4 groups and 2 heads)");
    assertThatThrownBy(() -> new DecoderConfig(3, 8, List.of(1, 0), 1, 10, 4, 2, 6, 2, 8, 12))
        .hasMessage("ratios: [1, 0] (expected: at least one, all >= 1)");
  }
}
