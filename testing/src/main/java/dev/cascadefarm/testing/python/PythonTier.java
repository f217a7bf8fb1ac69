package dev.cascadefarm.testing.python;

import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;

/** What a run of the Python tier is told: which Python, the seed, and how many cases to draw. */
public final class PythonTier {
  private static final String VARIABLE = "FARM_PYTHON";
  private static final String SEED_PROPERTY = "farm.python.seed";
  private static final String CASES_PROPERTY = "farm.python.cases";

  /** The seed of this run; another run has another one, unless it is given. */
  public static final long SEED =
      number(SEED_PROPERTY, ThreadLocalRandom.current().nextInt(1 << 30));

  private PythonTier() {}

  /** The interpreter: {@code FARM_PYTHON}, or {@code python3}. */
  public static String interpreter() {
    return Optional.ofNullable(System.getenv(VARIABLE))
        .filter(each -> !each.isBlank())
        .orElse("python3");
  }

  /** How many cases a test draws, which by itself would draw {@code otherwise}. */
  public static int cases(int otherwise) {
    return Math.toIntExact(number(CASES_PROPERTY, otherwise));
  }

  /** Prints what was found, and how the run is repeated. */
  static void print(String versions) {
    System.out.printf(
        "python · %s · seed %d (to repeat: -D%s=%d)%n", versions, SEED, SEED_PROPERTY, SEED);
  }

  private static long number(String property, long otherwise) {
    String value = System.getProperty(property, Long.toString(otherwise));
    if (!value.matches("\\d{1,15}")) {
      throw new IllegalArgumentException(
          property + ": " + value + " (expected: a whole number, 0 or more)");
    }
    return Long.parseLong(value);
  }
}
