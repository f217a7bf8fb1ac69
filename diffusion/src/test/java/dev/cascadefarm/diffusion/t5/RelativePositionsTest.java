package dev.cascadefarm.diffusion.t5;

import static org.assertj.core.api.Assertions.assertThat;

import dev.cascadefarm.diffusion.parity.Fixture;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RelativePositionsTest {
  private static final int LONGEST = 299;

  @ParameterizedTest
  @CsvSource({"32, 128", "8, 20", "16, 64", "32, 500", "12, 30"})
  void bucket_everyDistance_thatOfTransformers(int buckets, int furthest) {
    float[] recorded = recorded(buckets, furthest);
    assertThat(Fixture.difference(buckets(buckets, furthest), recorded)).isZero();
    assertThat(Fixture.difference(buckets(buckets, 2 * furthest), recorded)).isPositive();
    recorded[LONGEST + 5]++;
    assertThat(Fixture.difference(buckets(buckets, furthest), recorded)).isPositive();
  }

  @Test
  void table_threeTokens_queriesInRows() {
    assertThat(new RelativePositions(32, 128).table(3))
        .containsExactly(0, 17, 18, 1, 0, 17, 2, 1, 0);
  }

  private static float[] recorded(int buckets, int furthest) {
    return Fixture.tensors("t5-buckets").get(buckets + "-" + furthest).data().clone();
  }

  private static float[] buckets(int buckets, int furthest) {
    RelativePositions positions = new RelativePositions(buckets, furthest);
    float[] all = new float[2 * LONGEST + 1];
    Arrays.fill(all, -1);
    for (int i = 0; i < all.length; i++) {
      all[i] = positions.bucket(i - LONGEST);
    }
    return all;
  }
}
