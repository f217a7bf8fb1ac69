package dev.cascadefarm.diffusion.unclip;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;

class EmbeddingsTest {
  private static final float[] EMBEDDING = {3, 0, -4, 0};

  @Test
  void scaled_anyLength_squaresOfMeanOne() {
    assertThat(Embeddings.scaled(EMBEDDING))
        .containsExactly(new float[] {1.2f, 0, -1.6f, 0}, within(1e-6f));
    assertThat(Embeddings.scaled(new float[4])).containsOnly(0);
  }

  @Test
  void cosine_anyLength_ofTheDirectionsAlone() {
    assertThat(Embeddings.cosine(EMBEDDING, new float[] {6, 0, -8, 0})).isCloseTo(1, within(1e-9));
    assertThat(Embeddings.cosine(EMBEDDING, new float[] {8, 0, 6, 0})).isCloseTo(0, within(1e-9));
    assertThat(Embeddings.cosine(EMBEDDING, new float[4])).isZero();
    assertThatThrownBy(() -> Embeddings.cosine(EMBEDDING, new float[3]))
        .hasMessage("embedding: 3 numbers (expected: 4)");
  }
}
