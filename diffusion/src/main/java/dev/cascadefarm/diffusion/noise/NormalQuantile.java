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

  private NormalQuantile() {}

  /**
   * The deviate with that much probability below it.
   *
   * @param p strictly between 0 and 1
   */
  static double of(double p) {
    double distance = p - 0.5;
    if (Math.abs(distance) <= CENTRE) {
      return distance * centre(CENTRE * CENTRE - distance * distance);
    }
    double root = StrictMath.sqrt(-StrictMath.log(distance < 0 ? p : 1 - p));
    double deviate = root <= FAR ? tail(root - 1.6) : farTail(root - FAR);
    return distance < 0 ? -deviate : deviate;
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
