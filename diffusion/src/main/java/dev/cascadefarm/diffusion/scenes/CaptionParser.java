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
 * Reads a caption in any phrasing back into the scene it describes, with every object at its
 * nominal place: the inverse of {@link CaptionGrammar}. Case and spacing do not matter. Not
 * thread-safe; one caption each.
 */
public final class CaptionParser {
  private final List<String> written;
  private final List<String> words;
  private int next;

  private CaptionParser(List<String> written) {
    this.written = written;
    this.words = written.stream().map(Synonym::resolve).toList();
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

  /** The first words tell the phrasing. */
  private Scene scene() {
    if (startsWith("on")) {
      return backgroundFirst();
    }
    if (words.size() > 1 && isBackground(words.get(1))) {
      Background background = background();
      literal("with");
      return ended(placedObjects(background));
    }
    if (Arrays.stream(layouts()).anyMatch(layout -> startsWith(layout.words()))) {
      return placeFirst();
    }
    thereIs();
    List<SceneObject> objects = new ArrayList<>(List.of(object()));
    Layout layout = layout(objects);
    literal("on");
    return ended(new Scene(background(), layout, objects));
  }

  private Scene backgroundFirst() {
    literal("on");
    Background background = background();
    thereIs();
    return ended(placedObjects(background));
  }

  private Scene placeFirst() {
    Layout layout = required(layouts(), Layout::words);
    List<SceneObject> objects = new ArrayList<>();
    if (layout.objectCount() == 2) {
      objects.add(object());
    }
    literal("is");
    objects.add(0, object());
    literal("on");
    return ended(new Scene(background(), layout, objects));
  }

  private Scene placedObjects(Background background) {
    List<SceneObject> objects = new ArrayList<>(List.of(object()));
    return new Scene(background, layout(objects), objects);
  }

  /** Layout and, where it takes two objects, the second of them. */
  private Layout layout(List<SceneObject> objects) {
    Layout layout = required(layouts(), Layout::words);
    if (layout.objectCount() == 2) {
      objects.add(object());
    }
    return layout;
  }

  private Background background() {
    literal("a");
    Background background = required(Background.values(), Background::word);
    literal("background");
    return background;
  }

  private void thereIs() {
    if (startsWith("there")) {
      literal("there");
      literal("is");
    }
  }

  private Scene ended(Scene scene) {
    if (next < words.size()) {
      throw new CaptionException(written.get(next), next, "the end of the caption");
    }
    return scene;
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
                    next < words.size() ? written.get(next) : "",
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

  private static boolean isBackground(String word) {
    return Arrays.stream(Background.values()).anyMatch(each -> each.word().equals(word));
  }

  private static Layout[] layouts() {
    return Stream.concat(Arrays.stream(Position.values()), Arrays.stream(Relation.values()))
        .toArray(Layout[]::new);
  }
}
