package dev.cascadefarm.testing.fault;

import java.util.function.Predicate;

/**
 * Which requests meet which mishap, and how often. Where several rules fit, the first that strikes
 * counts.
 */
public record Rule(Predicate<Call> which, Dose dose, Mishap mishap) {
  /** A rule for all requests. */
  public static Rule all(Dose dose, Mishap mishap) {
    return new Rule(call -> true, dose, mishap);
  }

  /** A rule for the requests of one name. */
  public static Rule on(String name, Dose dose, Mishap mishap) {
    return new Rule(call -> call.name().equals(name), dose, mishap);
  }
}
