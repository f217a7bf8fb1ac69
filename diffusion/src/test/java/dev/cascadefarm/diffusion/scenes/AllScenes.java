package dev.cascadefarm.diffusion.scenes;

import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;

/** Every object and layout that captions can name. */
final class AllScenes {
  private static final List<Background> BACKGROUNDS = List.of(Background.values());
  private static final List<Relation> RELATIONS = List.of(Relation.values());

  private AllScenes() {}

  static Stream<SceneObject> objects() {
    return Arrays.stream(Shape.values())
        .flatMap(shape -> Arrays.stream(Colour.values()).flatMap(c -> objects(shape, c)));
  }

  private static Stream<SceneObject> objects(Shape shape, Colour colour) {
    return Arrays.stream(Size.values())
        .flatMap(
            size ->
                Arrays.stream(Texture.values())
                    .map(texture -> SceneObject.of(shape, colour, size, texture)));
  }

  static Stream<Scene> singles() {
    return objects()
        .flatMap(
            object ->
                Arrays.stream(Position.values())
                    .flatMap(
                        position ->
                            Arrays.stream(Background.values())
                                .map(b -> new Scene(b, position, List.of(object)))));
  }

  /** Every ordered pair of objects, with layouts and backgrounds taking turns. */
  static Stream<Scene> pairs() {
    List<SceneObject> all = objects().toList();
    return Stream.iterate(0, i -> i < all.size() * all.size(), i -> i + 1)
        .map(
            i ->
                new Scene(
                    BACKGROUNDS.get(i % 3),
                    RELATIONS.get(i / 3 % 4),
                    List.of(all.get(i / all.size()), all.get(i % all.size()))));
  }
}
