package dev.cascadefarm.diffusion.scenes;

import java.util.Arrays;
import java.util.List;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Writes the caption of a scene in the plain form: {@code a large red circle at the left on a black
 * background}, or {@code a large red circle above a small blue square on a black background}. The
 * texture stands before the shape and only where there is one. Stateless.
 */
public final class CaptionGrammar {
  /** Words of the longest caption: two textured objects side by side. */
  public static final int MAX_WORDS = 18;

  private CaptionGrammar() {}

  /** Caption of a scene: lower-case words with single spaces. */
  public static String caption(Scene scene) {
    String second = scene.objects().size() == 2 ? " a " + describe(scene.objects().get(1)) : "";
    return "a %s %s%s on a %s background"
        .formatted(
            describe(scene.objects().get(0)),
            scene.layout().words(),
            second,
            scene.background().word());
  }

  /** Every word that a caption can hold, sorted. */
  public static List<String> vocabulary() {
    Stream<String> phrases =
        Stream.of(
                Stream.of("a", "on", "background"),
                Arrays.stream(Size.values()).map(Size::word),
                Arrays.stream(Colour.values()).map(Colour::word),
                Arrays.stream(Texture.values()).map(Texture::words),
                Arrays.stream(Shape.values()).map(Shape::word),
                Arrays.stream(Position.values()).map(Position::words),
                Arrays.stream(Relation.values()).map(Relation::words),
                Arrays.stream(Background.values()).map(Background::word))
            .flatMap(words -> words);
    return phrases
        .flatMap(phrase -> Arrays.stream(phrase.split(" ")))
        .filter(word -> !word.isEmpty())
        .collect(Collectors.toCollection(TreeSet::new))
        .stream()
        .toList();
  }

  private static String describe(SceneObject object) {
    return Stream.of(
            object.size().word(),
            object.colour().word(),
            object.texture().words(),
            object.shape().word())
        .filter(word -> !word.isEmpty())
        .collect(Collectors.joining(" "));
  }
}
