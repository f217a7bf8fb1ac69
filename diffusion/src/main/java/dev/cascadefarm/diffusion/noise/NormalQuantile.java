package dev.cascadefarm.diffusion.noise;

/**
 * The quantile function of the standard normal distribution, right to seven digits (Wichura 1988,
 * Algorithm AS 241, PPND7): quotients of polynomials, so that nearly all values cost a few products
 * and are the same on every machine; only the tails take a logarithm.
 */
final class NormalQuantile {
  /** How far from one half the first quotient reaches. */
  private static final double CENTRE = 0.425;

  /** Where the far tail begins, as √(−ln p). */
  private static final double FAR = 5;

  private static final int MANTISSA_BITS = 52;
  private static final long MANTISSA = (1L << MANTISSA_BITS) - 1;
  private static final double EXPONENT_BIAS = 1023;
  private static final long ONE = Double.doubleToRawLongBits(1);
  private static final double ROOT_2 = StrictMath.sqrt(2);
  private static final double LN_2 = StrictMath.log(2);

  /** Coefficients of s²⁰, s¹⁸ … s⁰ in (artanh s) / s. */
  private static final double[] ARTANH = {
    1.0 / 21, 1.0 / 19, 1.0 / 17, 1.0 / 15, 1.0 / 13, 1.0 / 11, 1.0 / 9, 1.0 / 7, 1.0 / 5, 1.0 / 3,
    1
  };

  private NormalQuantile() {}

  /**
   * The deviate with that much probability below it.
   *
   * @param p strictly between 0 and 1
   */
  static double of(double p) {
    double distance = p - 0.5;
    return Math.abs(distance) <= CENTRE ? central(distance) : outer(p);
  }

  /**
   * The deviates of many probabilities, rounded to float32. Loops without branches become vectors;
   * which deviates are tails cannot be foreseen, so those are looked for before they are taken.
   *
   * @param out takes them from index {@code from} on
   */
  static void of(double[] probabilities, float[] out, int from) {
    double[] deviates = new double[probabilities.length];
    for (int i = 0; i < deviates.length; i++) {
      deviates[i] = central(probabilities[i] - 0.5);
    }
    int[] tails = new int[deviates.length];
    int count = 0;
    for (int i = 0; i < deviates.length; i++) {
      if (Math.abs(probabilities[i] - 0.5) > CENTRE) {
        tails[count++] = i;
      }
    }
    for (int k = 0; k < count; k++) {
      deviates[tails[k]] = outer(probabilities[tails[k]]);
    }
    for (int i = 0; i < deviates.length; i++) {
      out[from + i] = (float) deviates[i];
    }
  }

  private static double central(double distance) {
    return distance * centre(CENTRE * CENTRE - distance * distance);
  }

  private static double outer(double p) {
    boolean low = p < 0.5;
    double root = Math.sqrt(-log(low ? p : 1 - p));
    double deviate = root <= FAR ? tail(root - 1.6) : farTail(root - FAR);
    return low ? -deviate : deviate;
  }

  /**
   * The natural logarithm of a number p = m·2ᵉ, m from 1 to 2, as (e + ½)·ln 2 + 2·artanh s with s
   * = (m − √2) / (m + √2): to the last digits, five times as fast as {@link StrictMath}'s and,
   * unlike {@link Math}'s, the same everywhere.
   */
  private static double log(double p) {
    long bits = Double.doubleToRawLongBits(p);
    double exponent = (bits >>> MANTISSA_BITS) - EXPONENT_BIAS;
    double mantissa = Double.longBitsToDouble((bits & MANTISSA) | ONE);
    double s = (mantissa - ROOT_2) / (mantissa + ROOT_2);
    double square = s * s;
    double series = 0;
    for (double coefficient : ARTANH) {
      series = series * square + coefficient;
    }
    return (exponent + 0.5) * LN_2 + 2 * s * series;
  }

  private static double centre(double r) {
    return (((59.109374720 * r + 159.29113202) * r + 50.434271938) * r + 3.3871327179)
        / (((67.187563600 * r + 78.757757664) * r + 17.895169469) * r + 1);
  }

  private static double tail(double r) {
    return (((0.17023821103 * r + 1.3067284816) * r + 2.7568153900) * r + 1.4234372777)
        / ((0.12021132975 * r + 0.73700164250) * r + 1);
  }

  private static double farTail(double r) {
    return (((0.017337203997 * r + 0.42868294337) * r + 3.0812263860) * r + 6.6579051150)
        / ((0.012258202635 * r + 0.24197894225) * r + 1);
  }
}
