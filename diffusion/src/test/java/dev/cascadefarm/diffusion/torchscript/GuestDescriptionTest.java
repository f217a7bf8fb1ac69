package dev.cascadefarm.diffusion.torchscript;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.cascadefarm.diffusion.json.ConfigFile;
import dev.cascadefarm.diffusion.torchscript.GuestStage.Kind;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Descriptions of calls, right and wrong. */
class GuestDescriptionTest {
  private static final String DRAWS =
      "{\"inputs\": [{\"name\": \"x\", \"shape\": [\"B\", 3, 8, 8]}, {\"name\": \"timestep\","
          + " \"dtype\": \"int64\", \"shape\": [\"B\"]}, {\"name\": \"embeds\", \"shape\": [\"B\","
          + " 6, 8]}], \"outputs\": [{\"name\": \"prediction\", \"shape\": [\"B\", 3, 8, 8]}]}";

  private static final String READS =
      "{\"inputs\": [{\"name\": \"ids\", \"dtype\": \"int64\", \"shape\": [\"B\", 6]}],"
          + " \"outputs\": [{\"name\": \"embeds\", \"shape\": [\"B\", 6, 8]}]}";

  @Test
  void parse_everyKind_itsSide() {
    assertThat(parse(Kind.DIFFUSION, DRAWS).side(Kind.DIFFUSION)).isEqualTo(8);
    GuestStage text = parse(Kind.TEXT_ENCODER, READS);
    assertThat(text.words()).isEqualTo(new GuestStage.Words(0, Optional.empty()));
    assertThat(text.call().method()).isEqualTo("forward");
  }

  @Test
  void parse_jointPicture_halfOfTheChannelsAreX() {
    String joined =
        DRAWS
            .replace("\"x\"", "\"x+image\"")
            .replace("[\"B\", 3, 8, 8]}, {", "[\"B\", 6, 8, 8]}, {");
    GuestPredictor predictor = new GuestPredictor(parse(Kind.DIFFUSION, joined).call());
    assertThat(predictor.extent().channels()).isEqualTo(3);
    assertThat(predictor.enlarges()).isTrue();
    assertThat(predictor.learnsVariance()).isFalse();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          "x" | "y" | d: inputs: y (expected: one of x, x+image, timestep, embeds, mask, keep, pooled, image, image_timestep)
          "timestep" | "keep" | d: timestep: missing (expected: an input of that name)
          ["B", 3, 8, 8]}, | ["B", 3, 8, 9]}, | d: x: [B, 3, 8, 9] (expected: [B, channels, side, side])
          ["B", 3, 8, 8]}, | [1, 3, 8, 8]}, | d: inputs[0]: shape: [1,3,8,8] (expected: ["B", sizes of one sample
          ["B", 3, 8, 8]}, | ["B", 3, -8, 8]}, | d: inputs[0]: shape: ["B",3,-8,8] (expected: ["B", sizes of one sample
          ["B", 3, 8, 8]}, | ["B", 65536, 65536, 65536]}, | (expected: at most
          ["B", 3, 8, 8]}, | ["B", 4, 8, 8]}, | d: x: [B, 4, 8, 8] (expected: 3 channels; pictures are RGB)
          ["B", 3, 8, 8]}] | ["B", 4, 8, 8]}] | d: prediction: [B, 4, 8, 8] (expected: [B, 3, 8, 8], or 6 channels with the variance)
          "int64" | "long" | d: inputs[1]: dtype: long (expected: one of float32, float16, bfloat16, float64, int64, int32, bool)
          "int64" | 3 | d: inputs[1]: dtype: 3 (expected: a text)
          ["B"]} | ["B", 2]} | d: timestep: [B, 2] (expected: [B] or [B, 1])
          ["B", 6, 8] | ["B", 48] | d: embeds: [B, 48] (expected: [B, N, E])
          "embeds", | "embeds", "max": 3, | d: inputs[2]: max: unknown (expected: one of [dtype, name, range, scale, shape])
          "embeds", | "embeds", "scale": 0, | d: inputs[2]: scale: 0.0 (expected: a number other than 0)
          "embeds", | "embeds", "range": [0, 1], | d: inputs[2]: range: [0.0, 1.0] (expected: [-1, 1] or [0, 1], of an image only)
          "embeds" | "x" | d: inputs: x twice (expected: each name once)
          {"inputs" | {"draws": "embeddings", "inputs" | d: draws: embeddings (expected: image or latents)
          {"inputs" | {"method": "a b", "inputs" | d: method: a b (expected: the name of a method)
          {"inputs" | {"inputs": [], "in" | d: inputs: [] (expected: a list of 1 to 16 tensors)
          """)
  void parse_descriptionThatIsNotOne_refusedByKeyAndValue(
      String text, String instead, String message) {
    assertThat(DRAWS).contains(text);
    int at = DRAWS.indexOf(text);
    String changed = DRAWS.substring(0, at) + instead + DRAWS.substring(at + text.length());
    assertThatThrownBy(() -> parse(Kind.DIFFUSION, changed))
        .isInstanceOf(TorchScriptException.class)
        .hasMessageContaining(message);
  }

  @Test
  void parse_otherKindsThatDoNotFit_refused() {
    assertThatThrownBy(() -> parse(Kind.TEXT_ENCODER, READS.replace("int64", "float32")))
        .hasMessage("d: ids: [B, 6] (expected: [B, N] of int64 or int32)");
    assertThatThrownBy(() -> parse(Kind.TEXT_ENCODER, READS.replace("6, 8", "5, 8")))
        .hasMessage("d: embeds: [B, 5, 8] (expected: [B, 6, E], as ids)");
    assertThatThrownBy(() -> parse(Kind.VAE_DECODER, READS))
        .hasMessage("d: inputs: ids (expected: one of latents)");
  }

  private static GuestStage parse(Kind kind, String json) {
    ConfigFile file = ConfigFile.parse(json.getBytes(UTF_8), "d", TorchScriptException::new);
    return GuestStage.parse(kind, file, "d");
  }
}
