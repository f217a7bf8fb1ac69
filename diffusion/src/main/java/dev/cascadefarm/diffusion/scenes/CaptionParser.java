package dev.cascadefarm.diffusion.scenes;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Reads a caption back into the scene it describes, with every object at its nominal place: the
 * inverse of {@link CaptionGrammar}. Case and spacing do not matter. Not thread-safe; one caption
 * each.
 */
public final class CaptionParser {
  private final List<String> words;
  private int next;

  private CaptionParser(List<String> words) {
    this.words = words;
  }

  /**
   * The scene that a caption describes.
   *
   * @throws CaptionException if the caption is not in the grammar
   */
  public static Scene parse(String caption) {
    List<String> words =
        Arrays.stream(caption.strip().toLowerCase(Locale.ROOT).split("\\s+"))
            .filter(word -> !word.isEmpty())
            .toList();
    return new CaptionParser(words).scene();
  }

  private Scene scene() {
    List<SceneObject> objects = new ArrayList<>();
    objects.add(object());
    Layout layout = required(layouts(), Layout::words);
    if (layout.objectCount() == 2) {
      objects.add(object());
    }
    literal("on");
    literal("a");
    Background background = required(Background.values(), Background::word);
    literal("background");
    if (next < words.size()) {
      throw new CaptionException(words.get(next), next, "the end of the caption");
    }
    return new Scene(background, layout, objects);
  }

  private SceneObject object() {
    literal("a");
    Size size = required(Size.values(), Size::word);
    Colour colour = required(Colour.values(), Colour::word);
    Texture texture = optional(Texture.values(), Texture::words).orElse(Texture.PLAIN);
    Shape shape = required(Shape.values(), Shape::word);
    return SceneObject.of(shape, colour, size, texture);
  }

  private void literal(String word) {
    required(new String[] {word}, Function.identity());
  }

  private <E> E required(E[] values, Function<E, String> phrase) {
    return optional(values, phrase)
        .orElseThrow(
            () ->
                new CaptionException(
                    next < words.size() ? words.get(next) : "",
                    next,
                    Arrays.stream(values).map(phrase).collect(Collectors.joining(" | "))));
  }

  private <E> Optional<E> optional(E[] values, Function<E, String> phrase) {
    Optional<E> found =
        Arrays.stream(values).filter(value -> startsWith(phrase.apply(value))).findFirst();
    found.ifPresent(value -> next += phrase.apply(value).split(" ").length);
    return found;
  }

  private boolean startsWith(String phrase) {
    List<String> wanted = List.of(phrase.split(" "));
    return !phrase.isEmpty()
        && next + wanted.size() <= words.size()
        && words.subList(next, next + wanted.size()).equals(wanted);
  }

  private static Layout[] layouts() {
    return Stream.concat(Arrays.stream(Position.values()), Arrays.stream(Relation.values()))
        .toArray(Layout[]::new);
  }
}
