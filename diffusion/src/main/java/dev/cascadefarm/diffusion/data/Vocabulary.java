package dev.cascadefarm.diffusion.data;

import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** The words that captions are made of. */
public final class Vocabulary {
  /** Words that an encoder learns at most. */
  public static final int MOST_WORDS = 1 << 14;

  private Vocabulary() {}

  /**
   * Lower-cased words between white space, the most frequent first; words used equally often in
   * alphabetical order.
   */
  public static List<String> of(CaptionedPictures pictures) {
    if (pictures.count() == CaptionedPictures.ENDLESS) {
      throw new IllegalArgumentException("captions: endless (expected: a list with an end)");
    }
    Map<String, Integer> counts = new HashMap<>();
    for (long i = 0; i < pictures.count(); i++) {
      for (String word : pictures.caption(i).toLowerCase(Locale.ROOT).strip().split("\\s+", -1)) {
        counts.merge(word, 1, Integer::sum);
      }
    }
    return counts.entrySet().stream()
        .sorted(
            Map.Entry.<String, Integer>comparingByValue(Comparator.reverseOrder())
                .thenComparing(Map.Entry.comparingByKey()))
        .limit(MOST_WORDS)
        .map(Map.Entry::getKey)
        .toList();
  }
}
