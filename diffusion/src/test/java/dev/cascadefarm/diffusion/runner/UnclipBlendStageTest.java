package dev.cascadefarm.diffusion.runner;

import static dev.cascadefarm.diffusion.runner.TinyUnclipStages.JSON;
import static dev.cascadefarm.diffusion.runner.TinyUnclipStages.LATENT;
import static dev.cascadefarm.diffusion.runner.TinyUnclipStages.embedding;
import static dev.cascadefarm.diffusion.runner.TinyUnclipStages.embeddingOf;
import static dev.cascadefarm.diffusion.runner.TinyUnclipStages.none;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.cascadefarm.diffusion.stage.InvalidSampleException;
import dev.cascadefarm.diffusion.stage.SampleRequest;
import dev.cascadefarm.diffusion.stage.StageException;
import dev.cascadefarm.diffusion.stage.StageRunner;
import dev.cascadefarm.diffusion.stage.StageValue;
import dev.cascadefarm.diffusion.unclip.Embeddings;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The way from one embedding to another as a stage; nothing of it needs the engine. */
class UnclipBlendStageTest {
  private static final float[] A = embeddingOf(1);
  private static final float[] B = embeddingOf(2);

  @TempDir Path folder;
  private StageRunner runner;

  @BeforeEach
  void load() {
    runner = load(none().put("latent_dim", LATENT));
  }

  @AfterEach
  void close() {
    runner.close();
  }

  private StageRunner load(ObjectNode model) {
    return new TinyUnclipStages(folder).load("unclip-blend", model, none(), 0);
  }

  @Test
  void blend_fractions_theEndsAndWhatLiesBetween() {
    assertThat(embedding(runner, request(0, A, B))).containsExactly(A);
    assertThat(embedding(runner, request(0.3, A, B)))
        .containsExactly(Embeddings.between(A, B, 0.3));
    assertThat(embedding(runner, request(1, A, B))).containsExactly(B);
  }

  @Test
  void blend_whatIsNoEmbedding_refusedByName() {
    assertRefused("image_embed: null (expected: an embedding, 1×12)", Map.of());
    assertRefused(
        "image_embed_b: Text", Map.of("image_embed", of(A), "image_embed_b", text("a ring")));
    assertRefused(
        "image_embed_b: ", Map.of("image_embed", of(A), "image_embed_b", of(new float[11])));
    assertRefused(
        "embedding: zero", Map.of("image_embed", of(A), "image_embed_b", of(new float[12])));
  }

  private void assertRefused(String message, Map<String, StageValue> inputs) {
    SampleRequest request = new SampleRequest("blend", 1, none().put("fraction", 0.5), inputs);
    assertThatThrownBy(() -> runner.begin(request))
        .isInstanceOf(InvalidSampleException.class)
        .hasMessageStartingWith(message);
  }

  @Test
  void blend_fractionOutOfRangeOrMissing_refused() {
    assertThatThrownBy(() -> runner.begin(request(1.5, A, B)))
        .isInstanceOf(InvalidSampleException.class)
        .hasMessage("fraction: 1.5 (expected: 0 to 1)");
    assertThatThrownBy(() -> runner.begin(new SampleRequest("blend", 1, none(), inputs(A, B))))
        .isInstanceOf(InvalidSampleException.class)
        .hasMessage("fraction: NaN (expected: 0 to 1)");
  }

  @Test
  void load_descriptionOutOfForm_refused() {
    assertThatThrownBy(() -> load(none().put("latent_dim", 0)))
        .isInstanceOf(StageException.class)
        .hasMessageContaining("latent_dim: 0 (expected: >= 1)");
    assertThatThrownBy(() -> load(none())).isInstanceOf(StageException.class);
    assertThatThrownBy(() -> load(JSON.createObjectNode().put("latent_dim", 3).put("width", 3)))
        .isInstanceOf(StageException.class)
        .hasMessageContaining("width");
  }

  private static SampleRequest request(double fraction, float[] a, float[] b) {
    return new SampleRequest("blend", 1, none().put("fraction", fraction), inputs(a, b));
  }

  private static Map<String, StageValue> inputs(float[] a, float[] b) {
    return Map.of("image_embed", of(a), "image_embed_b", of(b));
  }

  private static StageValue of(float[] embedding) {
    return ImageEmbedding.of(embedding);
  }

  private static StageValue text(String words) {
    return new StageValue.Text(words);
  }
}
