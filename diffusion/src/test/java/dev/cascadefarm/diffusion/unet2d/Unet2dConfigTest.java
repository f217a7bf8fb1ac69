package dev.cascadefarm.diffusion.unet2d;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.cascadefarm.diffusion.diffusers.ConfigException;
import dev.cascadefarm.diffusion.graph.Graph;
import dev.cascadefarm.diffusion.graph.Parameter;
import dev.cascadefarm.diffusion.parity.Fixture;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

class Unet2dConfigTest {
  private static final String CONDITIONAL = "\"_class_name\": \"UNet2DConditionModel\"";
  private static final String UNCONDITIONAL = "\"_class_name\": \"UNet2DModel\"";

  private static final String ADDED_KEYS =
      """
      "mid_block_type": "UNetMidBlock2DSimpleCrossAttn", "resnet_time_scale_shift": "scale_shift",
      "attention_head_dim": 64,
      "down_block_types": ["ResnetDownsampleBlock2D", "SimpleCrossAttnDownBlock2D",
                           "SimpleCrossAttnDownBlock2D", "SimpleCrossAttnDownBlock2D"],
      "up_block_types": ["SimpleCrossAttnUpBlock2D", "SimpleCrossAttnUpBlock2D",
                         "SimpleCrossAttnUpBlock2D", "ResnetUpsampleBlock2D"]
      """;

  /** The sizes of published models, with the numbers of parameters that diffusers gives them. */
  static Stream<Arguments> published() {
    String stable2 =
        """
        "cross_attention_dim": 1024, "attention_head_dim": [5, 10, 20, 20],
        "use_linear_projection": true, "upcast_attention": true, "sample_size": 96
        """;
    String medium =
        """
        "act_fn": "gelu", "addition_embed_type": "text", "addition_embed_type_num_heads": 64,
        "block_out_channels": [192, 384, 576, 768], "cross_attention_dim": 768,
        "cross_attention_norm": "group_norm", "encoder_hid_dim": 4096, "in_channels": 3,
        "out_channels": 6, "layers_per_block": 3, "time_embedding_act_fn": "gelu"
        """;
    String decoder =
        """
        "block_out_channels": [320, 640, 960, 1280], "cross_attention_dim": 1536,
        "class_embed_type": "identity", "in_channels": 3, "out_channels": 6, "layers_per_block": 3
        """;
    String enlarger =
        """
        "block_out_channels": [320, 640, 960, 1280], "add_attention": false, "in_channels": 6,
        "layers_per_block": 3, "resnet_time_scale_shift": "scale_shift",
        "down_block_types": ["ResnetDownsampleBlock2D", "ResnetDownsampleBlock2D",
                             "ResnetDownsampleBlock2D", "ResnetDownsampleBlock2D"],
        "up_block_types": ["ResnetUpsampleBlock2D", "ResnetUpsampleBlock2D",
                           "ResnetUpsampleBlock2D", "ResnetUpsampleBlock2D"]
        """;
    return Stream.of(
        Arguments.of(CONDITIONAL, 872_300_484L),
        Arguments.of(UNCONDITIONAL, 274_056_163L),
        Arguments.of(CONDITIONAL + ", \"cross_attention_dim\": 768", 859_520_964L),
        Arguments.of(CONDITIONAL + ", " + stable2, 865_910_724L),
        Arguments.of(CONDITIONAL + ", " + medium + ", " + ADDED_KEYS, 371_605_830L),
        Arguments.of(CONDITIONAL + ", " + decoder + ", " + ADDED_KEYS, 885_439_686L),
        Arguments.of(UNCONDITIONAL + ", " + enlarger, 729_702_083L));
  }

  @ParameterizedTest
  @MethodSource("published")
  void parse_publishedSizes_diffusersNumberOfParameters(String keys, long parameters) {
    Graph graph = new Unet2d(parse("{" + keys + "}")).graph(false);
    assertThat(
            graph.parameters().stream().filter(Parameter::stored).mapToLong(Parameter::size).sum())
        .isEqualTo(parameters);
  }

  /** Each is diffusers' own configuration but for one key. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "sd1-plain | num_attention_heads | 8 | null",
        "sd1-plain | dual_cross_attention | true | false",
        "sd1-plain | attention_type | \"gated\" | default",
        "sd1-plain | time_embedding_type | \"fourier\" | positional",
        "sd1-plain | time_cond_proj_dim | 256 | null",
        "sd1-plain | addition_embed_type | \"text_time\" | text or null",
        "sd1-plain | encoder_hid_dim_type | \"image_proj\" | text_proj or null",
        "sd1-plain | class_embed_type | \"labels\" | timestep, identity, projection,"
            + " simple_projection or null",
        "sd1-plain | cross_attention_dim | [10, 12] | the same for all",
        "sd1-plain | cross_attention_dim | -10 | a whole number, 1 to 65536",
        "sd1-plain | block_out_channels | [8, 13] | multiples of norm_num_groups, 4",
        "sd1-plain | block_out_channels | [8] | as many as down_block_types",
        "sd1-plain | attention_head_dim | 9 | at most 8 heads",
        "sd1-plain | norm_eps | 0 | a number > 0",
        "sd1-plain | conv_in_kernel | 4 | an odd number",
        "sd1-plain | freq_shift | 4 | < 4, half of the first channels",
        "sd1-plain | resnet_time_scale_shift | \"ada_group\" | default or scale_shift",
        "sd1-plain | act_fn | \"mish\" | silu, swish, gelu or relu",
        "sd1-plain | mid_block_type | \"MidBlock\" | UNetMidBlock2DCrossAttn,"
            + " UNetMidBlock2DSimpleCrossAttn, UNetMidBlock2D or null",
        "sd1-plain | reverse_transformer_layers_per_block | [1, 2] | null",
        "sd1-plain | downsample_padding | 2 | 0 or 1",
        "sd1-plain | down_block_types | [\"KDownBlock2D\", \"DownBlock2D\"] | each of"
            + " [CrossAttnDownBlock2D, DownBlock2D, ResnetDownsampleBlock2D,"
            + " SimpleCrossAttnDownBlock2D]",
        "sd1-plain | up_block_types | [\"UpBlock2D\"] | as many as down_block_types",
        "if1-plain | attention_head_dim | 5 | a divisor of 12 channels",
        "if1-plain | cross_attention_norm | \"layer_norm\" | not layer_norm where tokens have 32 and"
            + " pictures 12",
        "if1-plain | cross_attention_dim | 30 | a multiple of 32, for group_norm",
        "if1-plain | addition_embed_type_num_heads | 5 | a divisor of the tokens' 12",
        "karlo-sr-plain | time_embedding_type | \"learned\" | positional",
        "karlo-sr-odd | attention_head_dim | 4 | a divisor of 9 channels",
        "karlo-sr-odd | upsample_type | \"fir\" | conv or resnet",
        "karlo-sr-plain | class_embed_type | \"projection\" | timestep or identity",
      })
  void parse_valueThatCannotBeFollowed_refusedByKeyAndValue(
      String name, String key, String value, String expected) throws IOException {
    String found = new ObjectMapper().readTree(value).toString();
    assertRefused(name, key, value, "%s: %s (expected: %s)".formatted(key, found, expected));
  }

  @Test
  void parse_valueWithOrWithinAnother_refusedByTheOther() throws IOException {
    assertRefused(
        "sd1-plain",
        "transformer_layers_per_block",
        "[[1], [2]]",
        "transformer_layers_per_block: [1] (expected: a whole number, 1 to 65536)");
    assertRefused(
        "sd1-plain",
        "encoder_hid_dim_type",
        "\"text_proj\"",
        "encoder_hid_dim: null (expected: a size, for text_proj)");
    assertRefused(
        "sd1-plain",
        "class_embed_type",
        "\"projection\"",
        "projection_class_embeddings_input_dim: null (expected: a size, for projection)");
  }

  /** Reads diffusers' own configuration with another value. */
  private static void assertRefused(String name, String key, String value, String complaint)
      throws IOException {
    ObjectMapper json = new ObjectMapper();
    ObjectNode file = (ObjectNode) json.readTree(Fixture.bytes(name + ".json"));
    byte[] other = json.writeValueAsBytes(file.set(key, json.readTree(value)));
    assertThatThrownBy(() -> Unet2dConfig.parse(other, "unet/config.json"))
        .isInstanceOf(ConfigException.class)
        .hasMessage("unet/config.json: " + complaint);
  }

  @ParameterizedTest
  @CsvSource({"sd1-plain, add_attention", "karlo-sr-plain, time_embedding_act_fn", "sd1-odd, foo"})
  void parse_keyThatTheClassDoesNotHave_refusedByName(String name, String key) throws IOException {
    ObjectMapper json = new ObjectMapper();
    ObjectNode file = (ObjectNode) json.readTree(Fixture.bytes(name + ".json"));
    byte[] more = json.writeValueAsBytes(file.put(key, true));
    assertThatThrownBy(() -> Unet2dConfig.parse(more, "unet/config.json"))
        .isInstanceOf(ConfigException.class)
        .hasMessageStartingWith("unet/config.json: " + key + ": unknown (expected: UNet2D");
  }

  @Test
  void parse_anotherClass_refused() {
    assertThatThrownBy(() -> parse("{\"_class_name\": \"UNet3DConditionModel\"}"))
        .hasMessage(
            "unet/config.json: _class_name: \"UNet3DConditionModel\" (expected:"
                + " UNet2DConditionModel)");
  }

  @Test
  void config_inputs_asTheNetworkTakesThem() {
    Unet2dConfig stable = fixture("sd1-plain");
    assertThat(stable.tokenWidth()).isEqualTo(10);
    assertThat(stable.labelled()).isFalse();
    assertThat(stable.sideMultiple()).isEqualTo(1);
    Unet2dConfig karlo = fixture("karlo-decoder-plain");
    assertThat(karlo.labelWidth()).isEqualTo(32);
    assertThat(karlo.sideMultiple()).isEqualTo(2);
    Unet2dConfig deepFloyd = fixture("if2-plain");
    assertThat(deepFloyd.tokenWidth()).isEqualTo(10);
    assertThat(deepFloyd.labelled()).isTrue();
    assertThat(deepFloyd.labelWidth()).isZero();
    assertThat(fixture("karlo-sr-plain").conditional()).isFalse();
  }

  private static Unet2dConfig fixture(String name) {
    return Unet2dConfig.parse(Fixture.bytes(name + ".json"), name);
  }

  private static Unet2dConfig parse(String json) {
    return Unet2dConfig.parse(json.getBytes(StandardCharsets.UTF_8), "unet/config.json");
  }
}
