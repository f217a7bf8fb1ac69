package dev.cascadefarm.coordinator.upload;

import java.util.Locale;

/** How a picture that is not square becomes one. */
public enum Aspect {
  /** Its middle square; the rest is cut off. */
  CENTRE_CROP,
  /** All of it, with white bars at two sides. */
  FIT;

  /** The word used in the API: {@code centre-crop} or {@code fit}. */
  public String word() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  /**
   * Reads {@link #word()}.
   *
   * @throws IllegalArgumentException if it is none
   */
  public static Aspect of(String word) {
    for (Aspect aspect : values()) {
      if (aspect.word().equals(word)) {
        return aspect;
      }
    }
    throw new IllegalArgumentException(word + " (expected: centre-crop or fit)");
  }
}
