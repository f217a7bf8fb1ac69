package dev.cascadefarm.diffusion.scenes;

import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Writes the caption of a scene. The plain form is {@code a large red circle at the left on a black
 * background}, or {@code a large red circle above a small blue square on a black background}; a
 * {@link Phrasing} orders the parts differently, a {@link Synonym} replaces a word. The texture
 * stands before the shape and only where there is one. Stateless.
 */
public final class CaptionGrammar {
  /** Words of the longest caption: two textured objects side by side, and that there are. */
  public static final int MAX_WORDS = 20;

  private CaptionGrammar() {}

  /** Caption of a scene in the plain form: lower-case words with single spaces. */
  public static String caption(Scene scene) {
    return caption(scene, Phrasing.PLAIN, Set.of());
  }

  /** Caption of a scene in that phrasing, with these synonyms wherever they fit. */
  static String caption(Scene scene, Phrasing phrasing, Set<Synonym> synonyms) {
    String caption =
        phrasing.of(
            describe(scene.objects().get(0)),
            scene.layout().words(),
            "a %s background".formatted(scene.background().word()),
            scene.objects().size() == 2 ? describe(scene.objects().get(1)) : "");
    return Arrays.stream(caption.split(" "))
        .map(word -> replace(word, synonyms))
        .collect(Collectors.joining(" "));
  }

  /** Every word that a caption can hold, sorted. */
  public static List<String> vocabulary() {
    Stream<String> phrases =
        Stream.of(
                Stream.of("a", "background"),
                Arrays.stream(Phrasing.values()).flatMap(Phrasing::words),
                Arrays.stream(Synonym.values()).map(Synonym::word),
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

  private static String replace(String word, Set<Synonym> synonyms) {
    return synonyms.stream()
        .filter(synonym -> synonym.meaning().equals(word))
        .map(Synonym::word)
        .findFirst()
        .orElse(word);
  }

  private static String describe(SceneObject object) {
    return Stream.of(
            "a",
            object.size().word(),
            object.colour().word(),
            object.texture().words(),
            object.shape().word())
        .filter(word -> !word.isEmpty())
        .collect(Collectors.joining(" "));
  }
}
