package dev.cascadefarm.diffusion.imagen;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.cascadefarm.diffusion.graph.Graph;
import dev.cascadefarm.diffusion.graph.Parameter;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class UnetConfigTest {
  private static final ObjectMapper JSON =
      JsonMapper.builder().propertyNamingStrategy(PropertyNamingStrategies.SNAKE_CASE).build();

  @Test
  void layerLists_oneValue_countsForEveryLayer() {
    UnetConfig config = small().dimMults(1, 2, 4).numResnetBlocks(2).layerAttns(true).build();
    assertThat(config.numResnetBlocks()).containsExactly(2, 2, 2);
    assertThat(config.layerAttns()).containsExactly(true, true, true);
  }

  @Test
  void sideMultiple_layers_memoryEfficientHalvesOnceMore() {
    UnetConfig.Builder three = small().dimMults(1, 2, 4);
    assertThat(three.build().sideMultiple()).isEqualTo(4);
    assertThat(three.memoryEfficient(true).build().sideMultiple()).isEqualTo(8);
    assertThat(three.patchSize(3).build().sideMultiple()).isEqualTo(24);
  }

  @Test
  void build_valuesOutOfRange_refusedByName() {
    assertRefused(small().dim(12), "dim: 12 (expected: a positive multiple of 8)");
    assertRefused(small().dimMults(), "dim_mults: [] (expected: at least one)");
    assertRefused(small().dimMults(1, 0), "dim_mults: [1, 0] (expected: all >= 1)");
    assertRefused(small().numResnetBlocks(-1), "num_resnet_blocks: [-1, -1] (expected: all >= 0)");
    assertRefused(
        small().numResnetBlocks(1, 1, 1),
        "num_resnet_blocks: [1, 1, 1] (expected: one value or 2)");
    assertRefused(small().channelsOut(0), "channels_out: 0 (expected: >= 1)");
    assertRefused(small().condDim(0), "cond_dim: 0 (expected: >= 1)");
    assertRefused(small().maxTextLen(0), "max_text_len: 0 (expected: >= 1)");
    assertRefused(small().patchSize(0), "patch_size: 0 (expected: >= 1)");
  }

  private static void assertRefused(UnetConfig.Builder builder, String message) {
    assertThatThrownBy(builder::build)
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(message);
  }

  @Test
  void predictor_sideThatDoesNotHalve_refused() {
    Unet unet = new Unet(small().dimMults(1, 2, 4).memoryEfficient(true).build());
    assertThatThrownBy(() -> new UnetPredictor(unet, 20))
        .hasMessage("side: 20 (expected: a multiple of 8)");
    Unet wide = new Unet(small().channelsOut(6).build());
    assertThatThrownBy(() -> new UnetPredictor(wide, 16))
        .hasMessage("channels_out: 6 (expected: 3, as channels)");
  }

  @Test
  void json_minImagensParameters_readAsTheyStand() throws JsonProcessingException {
    UnetConfig config =
        read(
            """
            {"dim": 16, "dim_mults": [1, 2, 3], "channels": 3, "channels_out": null,
             "cond_dim": null, "text_embed_dim": 768, "num_resnet_blocks": 2,
             "layer_attns": [false, true, true], "layer_cross_attns": false, "attn_heads": 4,
             "lowres_cond": true, "memory_efficient": true, "attend_at_middle": true}""");
    assertThat(config)
        .isEqualTo(
            UnetConfig.builder()
                .dim(16)
                .dimMults(1, 2, 3)
                .textEmbedDim(768)
                .numResnetBlocks(2, 2, 2)
                .layerAttns(false, true, true)
                .layerCrossAttns(false)
                .attnHeads(4)
                .lowresCond(true)
                .memoryEfficient(true)
                .attendAtMiddle(true)
                .build());
    assertThat(config.condDim()).isEqualTo(16);
    assertThat(config.channelsOut()).isEqualTo(3);
    assertThat(config.maxTextLen()).isEqualTo(256);
    assertThat(config.attnDimHead()).isEqualTo(64);
    assertThat(config.patchSize()).isEqualTo(1);
  }

  @Test
  void json_nothing_minImagensDefaults() throws JsonProcessingException {
    UnetConfig config = read("{}");
    assertThat(config.dim()).isEqualTo(128);
    assertThat(config.dimMults()).containsExactly(1, 2, 4);
    assertThat(config.textEmbedDim()).isEqualTo(512);
    assertThat(config.numResnetBlocks()).containsExactly(1, 1, 1);
    assertThat(config.layerAttns()).containsExactly(true, true, true);
    assertThat(config.layerCrossAttns()).containsExactly(true, true, true);
    assertThat(config.attnHeads()).isEqualTo(8);
    assertThat(config.lowresCond()).isFalse();
  }

  @Test
  void json_writtenAndRead_unchanged() throws JsonProcessingException {
    UnetConfig config =
        small().layerAttns(false, true).channelsOut(6).condDim(5).patchSize(2).build();
    assertThat(read(JSON.writeValueAsString(config))).isEqualTo(config);
    assertThat(config.toBuilder().build()).isEqualTo(config);
  }

  @Test
  void json_unknownArgument_refusedByName() {
    assertThatThrownBy(() -> read("{\"dimension\": 8}")).hasMessageContaining("dimension");
    assertThatThrownBy(() -> read("{\"dim\": 12}")).hasMessageContaining("dim: 12");
  }

  /** Counted by PyTorch over {@code Unet(**defaults, lowres_cond=...)}. */
  @ParameterizedTest
  @CsvSource({
    "BaseTest, false, 104115",
    "SuperTest, false, 130491",
    "SuperTest, true, 156099",
    "Base, false, 1618334979",
    "Super, true, 715727235",
  })
  void preset_parameters_asManyAsInMinImagen(String preset, boolean lowresCond, long expected) {
    Graph graph =
        UnetGraphs.forward(UnetPreset.of(preset).builder().lowresCond(lowresCond).build());
    long count =
        graph.parameters().stream()
            .filter(each -> each.stored() && each.trainable())
            .mapToLong(Parameter::size)
            .sum();
    assertThat(count).isEqualTo(expected);
  }

  @Test
  void preset_unknownName_refused() {
    assertThatThrownBy(() -> UnetPreset.of("Tiny"))
        .hasMessage("preset: Tiny (expected: Base, Super, BaseTest, SuperTest)");
  }

  private static UnetConfig read(String json) throws JsonProcessingException {
    return JSON.readValue(json, UnetConfig.class);
  }

  private static UnetConfig.Builder small() {
    return UnetConfig.builder().dim(8).dimMults(1, 2).textEmbedDim(8).maxTextLen(4).attnDimHead(8);
  }
}
