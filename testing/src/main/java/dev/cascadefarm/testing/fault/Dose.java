package dev.cascadefarm.testing.fault;

import java.util.random.RandomGenerator;

/** How often something strikes, among the requests that it may strike. */
@FunctionalInterface
public interface Dose {
  /**
   * Decides on one request.
   *
   * @param ordinal 1 for the first of them
   */
  boolean strikes(long ordinal, RandomGenerator random);

  /** Every time. */
  static Dose always() {
    return (ordinal, random) -> true;
  }

  /** The first {@code count} times. */
  static Dose first(long count) {
    return (ordinal, random) -> ordinal <= count;
  }

  /** Only at the given time, counted from 1. */
  static Dose only(long which) {
    return (ordinal, random) -> ordinal == which;
  }

  /** Now and then, with the given probability. */
  static Dose share(double probability) {
    return (ordinal, random) -> random.nextDouble() < probability;
  }
}
