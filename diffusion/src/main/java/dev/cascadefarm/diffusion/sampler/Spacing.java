package dev.cascadefarm.diffusion.sampler;

import java.util.Arrays;
import java.util.Locale;

/** Where on a schedule of T timesteps the model calls of a run lie (Lin et al. 2023, table 2). */
public enum Spacing {
  /** From T − 1 down in strides of T ÷ steps; ends one stride above 0. */
  TRAILING,
  /** Whole strides up from 0; starts below T − 1. */
  LEADING,
  /** From T − 1 to 0, both included. */
  LINSPACE;

  /**
   * The spacing of that name, in lower case.
   *
   * @throws IllegalArgumentException if there is none
   */
  public static Spacing of(String name) {
    return Arrays.stream(values())
        .filter(each -> each.word().equals(name))
        .findAny()
        .orElseThrow(
            () ->
                new IllegalArgumentException(
                    "spacing: " + name + " (expected: trailing, leading or linspace)"));
  }

  /** Its name in settings. */
  public String word() {
    return name().toLowerCase(Locale.ROOT);
  }
}
