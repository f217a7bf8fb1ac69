package dev.cascadefarm.common.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.cascadefarm.common.json.MalformedJsonException;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ManifestTest {
  private static final Artifact PICTURE = Artifact.of("k/image.png", new byte[] {1}, "image/png");
  private static final Artifact TENSOR =
      Artifact.of("k/x.safetensors", new byte[] {2}, "application/octet-stream");

  private final Manifest manifest =
      Manifest.of(
          Map.of(
              "image",
              Manifest.Output.of(PICTURE),
              "embedding",
              new Manifest.Output(TENSOR, "float32", List.of(1L, 16L, 64L))));

  @Test
  void parse_ofItsOwnBytes_isEqual() {
    assertThat(Manifest.parse(manifest.toBytes())).isEqualTo(manifest);
  }

  @Test
  void toBytes_isSnakeCaseWithoutNulls() {
    assertThat(new String(manifest.toBytes(), StandardCharsets.UTF_8))
        .startsWith("{\"v\":1,\"outputs\":{\"embedding\":{\"artifact\":{\"key\":")
        .contains("\"content_type\":\"image/png\"", "\"shape\":[1,16,64]", "\"sha256\":")
        .doesNotContain("null");
  }

  @Test
  void toBytes_otherOrderOfOutputs_isTheSame() {
    Map<String, Manifest.Output> reversed = new LinkedHashMap<>();
    reversed.put("image", manifest.output("image"));
    reversed.put("embedding", manifest.output("embedding"));

    assertThat(Manifest.of(reversed).toBytes()).isEqualTo(manifest.toBytes());
  }

  @Test
  void output_unknown_namesWhatThereIs() {
    assertThatThrownBy(() -> manifest.output("mask"))
        .hasMessage("output: mask (expected: one of [embedding, image])");
  }

  @Test
  void parse_notAManifest_isRefused() {
    for (String json :
        List.of("", "{", "[]", "{\"v\":2,\"outputs\":{}}", "{\"v\":1,\"outputs\":{},\"x\":1}")) {
      assertThatThrownBy(() -> Manifest.parse(json.getBytes(StandardCharsets.UTF_8)))
          .as(json)
          .isInstanceOf(MalformedJsonException.class);
    }
  }

  @Test
  void artifact_malformedDigestOrSize_isRefused() {
    assertThatThrownBy(() -> new Artifact("k", "ABC", 1, "image/png"))
        .hasMessageStartingWith("sha256: ABC");
    assertThatThrownBy(() -> new Artifact("k", PICTURE.sha256(), -1, "image/png"))
        .hasMessage("size: -1 (expected: >= 0)");
  }
}
