package dev.cascadefarm.diffusion.scenes;

import java.util.Arrays;
import java.util.stream.Stream;

/**
 * Order of a caption's parts: {@code %1$s} first object, {@code %2$s} its place or relation, {@code
 * %3$s} background, {@code %4$s} second object. Every phrasing says the same of a scene.
 */
enum Phrasing {
  PLAIN("%1$s %2$s on %3$s", "%1$s %2$s %4$s on %3$s"),
  THERE_IS("there is %1$s %2$s on %3$s", "there is %1$s %2$s %4$s on %3$s"),
  BACKGROUND_FIRST("on %3$s %1$s %2$s", "on %3$s %1$s %2$s %4$s"),
  PLACE_FIRST("%2$s is %1$s on %3$s", "%2$s %4$s is %1$s on %3$s"),
  WITH("%3$s with %1$s %2$s", "%3$s with %1$s %2$s %4$s"),
  /** Never seen in training, though all its words are. */
  HELD_OUT("on %3$s there is %1$s %2$s", "on %3$s there is %1$s %2$s %4$s");

  private static final Phrasing[] TRAINING =
      Arrays.stream(values()).filter(each -> each != HELD_OUT).toArray(Phrasing[]::new);

  private final String one;
  private final String two;

  Phrasing(String one, String two) {
    this.one = one;
    this.two = two;
  }

  static Phrasing[] training() {
    return TRAINING.clone();
  }

  String of(String first, String place, String background, String second) {
    return (second.isEmpty() ? one : two).formatted(first, place, background, second);
  }

  /** Words of its own. */
  Stream<String> words() {
    return Arrays.stream(two.split(" ")).filter(word -> !word.startsWith("%"));
  }
}
