package dev.cascadefarm.e2e.farm;

import java.util.Locale;

/** Requests for jobs of the cascade {@code tiny}. */
final class Jobs {
  /** Steps of a stage that runs for a second or more. */
  static final int LONG_STEPS = 1000;

  private Jobs() {}

  /** One image, with that many steps of its base stage and four of its last one. */
  static String tiny(String caption, long seed, int steps) {
    return String.format(
        Locale.ROOT,
        "{\"cascade\":\"tiny\",\"prompt\":\"%s\",\"seed\":%d,"
            + "\"set\":{\"base\":{\"steps\":%d},\"sr64\":{\"steps\":4}}}",
        caption,
        seed,
        steps);
  }
}
