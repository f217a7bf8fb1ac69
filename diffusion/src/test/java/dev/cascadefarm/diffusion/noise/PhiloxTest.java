package dev.cascadefarm.diffusion.noise;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import org.junit.jupiter.api.Test;

/** The known answers published with Random123 (kat_vectors, philox4x32 10). */
class PhiloxTest {
  private static final long ONES = 0xffffffffL;

  @Test
  void fill_zeros_knownAnswer() {
    assertThat(words(new Philox(0, 0, 0, 0, 0), 0, 4))
        .containsExactly(0x6627e8d5L, 0xe169c58dL, 0xbc57ac4cL, 0x9b00dbd8L);
  }

  @Test
  void fill_ones_knownAnswer() {
    assertThat(words(new Philox(ONES, ONES, ONES, ONES, ONES), ONES, 4))
        .containsExactly(0x408f276dL, 0x41c83b0eL, 0xa20bc7c6L, 0x6d5451fdL);
  }

  @Test
  void fill_digitsOfPi_knownAnswer() {
    Philox pi = new Philox(0xa4093822L, 0x299f31d0L, 0x85a308d3L, 0x13198a2eL, 0x03707344L);
    assertThat(words(pi, 0x243f6a88L, 4))
        .containsExactly(0xd16cfe09L, 0x94fdccebL, 0x5001e420L, 0x24126ea1L);
  }

  @Test
  void fill_manyBlocks_thoseOfConsecutiveCounters() {
    Philox words = new Philox(1, 2, 3, 4, 5);
    long[] many = words(words, 7, 12);
    assertThat(Arrays.copyOfRange(many, 4, 8)).isEqualTo(words(words, 8, 4));
    assertThat(Arrays.copyOfRange(many, 8, 12)).isEqualTo(words(words, 9, 4));
  }

  private static long[] words(Philox philox, long first, int count) {
    long[] words = new long[count];
    philox.fill(first, words);
    return words;
  }
}
