package dev.cascadefarm.diffusion.unclip;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

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

  @Test
  void between_ends_exactlyTheTwo() {
    float[] a = Embeddings.scaled(new float[] {0.1f, -0.7f, 0.3f});
    float[] b = Embeddings.scaled(new float[] {-0.9f, 0.2f, 0.4f});

    assertThat(Embeddings.between(a, b, 0)).containsExactly(a);
    assertThat(Embeddings.between(a, b, 1)).containsExactly(b);
  }

  @Test
  void between_rightAngle_turnedByTheShareAndAsLong() {
    float[] a = {2, 0, 0, 0};
    float[] b = {0, 0, 2, 0};

    assertThat(Embeddings.between(a, b, 1 / 3.0))
        .containsExactly(new float[] {(float) Math.sqrt(3), 0, 1, 0}, within(1e-6f));
    assertThat(Embeddings.between(a, b, 0.5))
        .containsExactly(
            new float[] {(float) Math.sqrt(2), 0, (float) Math.sqrt(2), 0}, within(1e-6f));
  }

  @Test
  void between_halfOfSixtyDegrees_thirtyNotTheMiddleOfTheChord() {
    float[] a = {2, 0, 0, 0};
    float[] b = {1, (float) Math.sqrt(3), 0, 0};

    assertThat(Embeddings.between(a, b, 0.5))
        .containsExactly(new float[] {(float) Math.sqrt(3), 1, 0, 0}, within(1e-6f));
  }

  @ParameterizedTest
  @ValueSource(doubles = {0.001, 0.25, 0.5, 0.9})
  void between_anyShare_lengthKept(double fraction) {
    float[] a = Embeddings.scaled(new float[] {0.1f, -0.7f, 0.3f, 2, 1});
    float[] b = Embeddings.scaled(new float[] {-0.9f, 0.2f, 0.4f, -1, 0.5f});
    float[] nearlyA = a.clone();
    nearlyA[0] = Math.nextUp(a[0]);

    assertThat(length(Embeddings.between(a, b, fraction))).isCloseTo(5, within(1e-5));
    assertThat(Embeddings.between(b, a, 1 - fraction))
        .containsExactly(Embeddings.between(a, b, fraction), within(1e-6f));
    assertThat(Embeddings.between(a, a, fraction)).containsExactly(a, within(1e-6f));
    assertThat(Embeddings.between(a, nearlyA, fraction)).containsExactly(a, within(1e-6f));
  }

  @Test
  void between_whatHasNoWay_refused() {
    float[] opposite = {-3, 0, 4, 1e-4f};

    assertThatThrownBy(() -> Embeddings.between(EMBEDDING, opposite, 0.5))
        .hasMessageContaining("embeddings: opposite, cosine -0.99999")
        .hasMessageContaining("(expected: at least -0.999999)");
    assertThatThrownBy(() -> Embeddings.between(EMBEDDING, new float[4], 0.5))
        .hasMessage("embedding: zero (expected: a direction)");
    assertThatThrownBy(() -> Embeddings.between(EMBEDDING, new float[3], 0.5))
        .hasMessage("embedding: 3 numbers (expected: 4)");
    for (double fraction : new double[] {-0.01, 1.01, Double.NaN}) {
      assertThatThrownBy(() -> Embeddings.between(EMBEDDING, EMBEDDING, fraction))
          .hasMessage("fraction: " + fraction + " (expected: 0 to 1)");
    }
  }

  /** The sum of the squares. */
  private static double length(float[] values) {
    double sum = 0;
    for (float each : values) {
      sum += (double) each * each;
    }
    return sum;
  }
}
