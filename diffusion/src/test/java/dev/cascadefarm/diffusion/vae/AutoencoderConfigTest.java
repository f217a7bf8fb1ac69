package dev.cascadefarm.diffusion.vae;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.cascadefarm.diffusion.diffusers.ConfigException;
import dev.cascadefarm.diffusion.graph.Graph;
import dev.cascadefarm.diffusion.graph.Parameter;
import dev.cascadefarm.diffusion.stage.HostTensor;
import dev.cascadefarm.diffusion.stage.StoredTensor;
import dev.cascadefarm.diffusion.weights.Initialization;
import dev.cascadefarm.diffusion.weights.WeightsException;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class AutoencoderConfigTest {
  private static final String STABLE_DIFFUSION =
      """
      {"_class_name": "AutoencoderKL", "_diffusers_version": "0.6.0", "act_fn": "silu",
       "block_out_channels": [128, 256, 512, 512], "in_channels": 3, "latent_channels": 4,
       "down_block_types": ["DownEncoderBlock2D", "DownEncoderBlock2D", "DownEncoderBlock2D",
                            "DownEncoderBlock2D"],
       "up_block_types": ["UpDecoderBlock2D", "UpDecoderBlock2D", "UpDecoderBlock2D",
                          "UpDecoderBlock2D"],
       "layers_per_block": 2, "norm_num_groups": 32, "out_channels": 3, "sample_size": 512}
      """;

  @Test
  void parse_stableDiffusions_itsParameters() {
    AutoencoderConfig config = parse(STABLE_DIFFUSION);
    Autoencoder model = new Autoencoder(config);
    assertThat(count(model.encoderGraph()) + count(model.decoderGraph())).isEqualTo(83_653_863);
    assertThat(config.scalingFactor()).isEqualTo(0.18215);
    assertThat(config.sampleSize()).containsExactly(512, 512);
    assertThat(config.reduction()).isEqualTo(8);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "shift_factor | 0.1 | null",
        "latents_mean | [0.1] | null",
        "latent_channels | -4 | a whole number, 1 to 65536",
        "layers_per_block | 65 | <= 64",
        "scaling_factor | 0 | a number > 0",
        "act_fn | \"mish\" | silu, swish, gelu or relu",
        "use_quant_conv | 1 | true or false",
        "norm_num_groups | null | a whole number, 1 to 65536",
        "sample_size | [8] | one number, or 2",
      })
  void parse_valueThatCannotBeFollowed_refusedByKeyAndValue(
      String key, String value, String expected) {
    String json = STABLE_DIFFUSION.replaceAll(",\\s*\"" + key + "\": [^,}]*", "");
    assertRefused(
        json.stripTrailing().replaceAll("}$", ", \"" + key + "\": " + value + "}"),
        "vae/config.json: %s: %s (expected: %s)".formatted(key, value, expected));
  }

  @Test
  void parse_otherBlocks_refusedByName() {
    String name = "vae/config.json: ";
    assertRefused(
        "{\"_class_name\": \"AutoencoderKL\", \"up_block_types\": [\"AttnUpDecoderBlock2D\"]}",
        name + "up_block_types: [\"AttnUpDecoderBlock2D\"] (expected: each UpDecoderBlock2D)");
    assertRefused(
        "{\"_class_name\": \"AutoencoderKL\", \"block_out_channels\": [32, 32]}",
        name + "down_block_types: missing (expected: as many as block_out_channels, 2)");
    assertRefused(
        "{\"_class_name\": \"AutoencoderKL\", \"norm_num_groups\": 7}",
        name + "block_out_channels: missing (expected: multiples of norm_num_groups, 7)");
    assertRefused(
        "{\"_class_name\": \"VQModel\"}",
        name + "_class_name: \"VQModel\" (expected: AutoencoderKL)");
    assertThatThrownBy(() -> parse("{\"_class_name\": \"AutoencoderKL\", \"double_z\": false}"))
        .hasMessageStartingWith(name + "double_z: unknown (expected: AutoencoderKL's [");
  }

  @Test
  void weights_tensorOfNeitherHalf_refusedByBoth() {
    Autoencoder model = new Autoencoder(parse("{\"_class_name\": \"AutoencoderKL\"}"));
    Map<String, HostTensor> foreign = Map.of("loss.logvar", HostTensor.of(new float[1], 1));
    assertUnexpected(model.encoderGraph(), AutoencoderWeights.encoder(foreign));
    assertUnexpected(model.decoderGraph(), AutoencoderWeights.decoder(foreign));
  }

  private static void assertUnexpected(Graph graph, Map<String, StoredTensor> weights) {
    assertThatThrownBy(() -> Initialization.requireFit(graph, weights, "vae"))
        .isInstanceOf(WeightsException.class)
        .hasMessageContaining("unexpected [loss.logvar]");
  }

  private static void assertRefused(String json, String message) {
    assertThatThrownBy(() -> parse(json)).isInstanceOf(ConfigException.class).hasMessage(message);
  }

  private static long count(Graph graph) {
    return graph.parameters().stream().mapToLong(Parameter::size).sum();
  }

  private static AutoencoderConfig parse(String json) {
    return AutoencoderConfig.parse(json.getBytes(StandardCharsets.UTF_8), "vae/config.json");
  }
}
