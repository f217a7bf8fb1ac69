package dev.cascadefarm.diffusion.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.json.JsonMapper;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;

class FingerprintTest {
  private static final Path FILE = Path.of("checkpoint.safetensors");

  @Test
  void of_nestedObjects_leavesByTheirPaths() throws Exception {
    String json =
        "{\"model\": {\"dim\": 8, \"mults\": [1, 2], \"loss\": \"l2\"}, \"seed\": 7, \"rate\": 0.1}";
    assertThat(Fingerprint.of(new JsonMapper().readTree(json)).values())
        .containsOnly(
            Map.entry("model.dim", "8"),
            Map.entry("model.mults", "[1,2]"),
            Map.entry("model.loss", "l2"),
            Map.entry("rate", "0.1"),
            Map.entry("seed", "7"));
  }

  @Test
  void metadata_readBack_same() {
    Fingerprint one = new Fingerprint(Map.of("model.dim", "8", "seed", "7"));
    assertThat(Fingerprint.ofMetadata(one.metadata())).isEqualTo(one);
    assertThat(Fingerprint.ofMetadata(Map.of("format", "pt"))).isEqualTo(Fingerprint.NONE);
  }

  @Test
  void requireSame_changedAndLeftOut_bothNamed() {
    Fingerprint begun = new Fingerprint(Map.of("batch", "4", "model.dim", "8", "seed", "7"));
    Fingerprint now = new Fingerprint(Map.of("batch", "4", "model.dim", "16"));
    assertThatThrownBy(() -> now.requireSame(begun, FILE))
        .isInstanceOf(TrainingException.class)
        .hasMessage(
            "checkpoint.safetensors: model.dim: 16, was 8; seed: absent, was 7"
                + " (expected: the recipe the run began with, or start anew without --resume)");
  }

  @Test
  void requireSame_manyChanges_fiveNamedAndTheOthersCounted() {
    Map<String, String> before =
        Map.of("a", "1", "b", "1", "c", "1", "d", "1", "e", "1", "f", "1", "g", "1");
    Fingerprint now = new Fingerprint(Map.of("h", "1"));
    assertThatThrownBy(() -> now.requireSame(new Fingerprint(before), FILE))
        .hasMessageContaining("e: absent, was 1; 2 more (expected:");
  }

  @Test
  void requireSame_nothingKeptOrNothingAsked_accepted() {
    Fingerprint one = new Fingerprint(Map.of("seed", "7"));
    assertThatCode(() -> one.requireSame(Fingerprint.NONE, FILE)).doesNotThrowAnyException();
    assertThatCode(() -> Fingerprint.NONE.requireSame(one, FILE)).doesNotThrowAnyException();
  }
}
