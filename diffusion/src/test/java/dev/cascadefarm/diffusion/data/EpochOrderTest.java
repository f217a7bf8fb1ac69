package dev.cascadefarm.diffusion.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Arrays;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class EpochOrderTest {
  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3, 4, 5, 17, 64, 1000})
  void index_anyEpoch_everyExampleOnce(int count) {
    for (long epoch : new long[] {0, 1, 2, 1_000_000}) {
      long[] shown = epoch(new EpochOrder(count, 7), epoch);
      Arrays.sort(shown);
      assertThat(shown).isEqualTo(LongStream.range(0, count).toArray());
    }
  }

  @Test
  void index_otherEpochOrSeed_otherOrder() {
    EpochOrder order = new EpochOrder(100, 7);
    assertThat(epoch(order, 0)).isNotEqualTo(epoch(order, 1));
    assertThat(epoch(order, 0)).isNotEqualTo(epoch(new EpochOrder(100, 8), 0));
    assertThat(epoch(order, 0)).isEqualTo(epoch(new EpochOrder(100, 7), 0));
  }

  @Test
  void index_manyEpochs_everyExampleComesFirstAboutEquallyOften() {
    int[] first = new int[10];
    EpochOrder order = new EpochOrder(10, 3);
    for (long epoch = 0; epoch < 10_000; epoch++) {
      first[(int) order.index(epoch * 10)]++;
    }
    assertThat(Arrays.stream(first)).allMatch(each -> each > 850 && each < 1150);
  }

  @Test
  void index_endlessList_itsOwnOrder() {
    EpochOrder order = new EpochOrder(CaptionedPictures.ENDLESS, 7);
    assertThat(order.index(12)).isEqualTo(12);
  }

  @Test
  void new_noExamples_refused() {
    assertThatThrownBy(() -> new EpochOrder(0, 1)).hasMessage("count: 0 (expected: >= 1)");
  }

  private static long[] epoch(EpochOrder order, long epoch) {
    return LongStream.range(epoch * order.count(), (epoch + 1) * order.count())
        .map(order::index)
        .toArray();
  }
}
