package dev.cascadefarm.diffusion.scenes;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Stream;

/**
 * Scenes that differ from a given one in a single fact, many with the very same words in their
 * captions: colours or shapes exchanged, places exchanged. No two of them look alike. Stateless.
 */
public final class SceneSiblings {
  /** Siblings of a scene. */
  public static final int COUNT = 3;

  private SceneSiblings() {}

  /**
   * The siblings of a scene. None has a pair of shape and colour that training never shows, if the
   * scene has none.
   *
   * @param choice of what else a changed object may be
   */
  public static List<Scene> of(Scene scene, long choice) {
    SceneRandom random = new SceneRandom(choice, 0, 0);
    Set<Scene> looks = new HashSet<>(Set.of(look(scene)));
    List<Scene> siblings = new ArrayList<>();
    Stream<Scene> changes =
        scene.objects().size() == 1 ? single(scene, random) : pair(scene, random);
    changes
        .filter(each -> scene.heldOut() || !each.heldOut())
        .filter(each -> siblings.size() < COUNT && looks.add(look(each)))
        .forEachOrdered(siblings::add);
    return List.copyOf(siblings);
  }

  private static Stream<Scene> single(Scene scene, SceneRandom random) {
    SceneObject object = scene.objects().get(0);
    Position place = other(random, Position.values(), each -> each != scene.layout());
    return Stream.of(
        with(scene, 0, recoloured(object, random)),
        with(scene, 0, reshaped(object, random)),
        new Scene(scene.background(), place, scene.objects()));
  }

  /** First what leaves the words as they are; then what changes one of them. */
  private static Stream<Scene> pair(Scene scene, SceneRandom random) {
    SceneObject first = scene.objects().get(0);
    SceneObject second = scene.objects().get(1);
    return Stream.of(
        with(
            scene,
            changed(first, first.shape(), second.colour()),
            changed(second, second.shape(), first.colour())),
        with(
            scene,
            changed(first, second.shape(), first.colour()),
            changed(second, first.shape(), second.colour())),
        turned(scene),
        with(scene, 0, recoloured(first, random)),
        with(scene, 1, recoloured(second, random)),
        with(scene, 0, reshaped(first, random)),
        with(scene, 1, reshaped(second, random)));
  }

  /** Each object where the other was, mirrored with its offset. */
  private static Scene turned(Scene scene) {
    return new Scene(
        scene.background(),
        opposite((Relation) scene.layout()),
        scene.objects().stream().map(o -> o.moved(-o.offsetX(), -o.offsetY())).toList());
  }

  private static Relation opposite(Relation relation) {
    return switch (relation) {
      case ABOVE -> Relation.BELOW;
      case BELOW -> Relation.ABOVE;
      case LEFT_OF -> Relation.RIGHT_OF;
      case RIGHT_OF -> Relation.LEFT_OF;
    };
  }

  /** The same for scenes that look the same, but for offsets. */
  private static Scene look(Scene scene) {
    Scene nominal = scene.nominal();
    boolean below = scene.layout() == Relation.BELOW || scene.layout() == Relation.RIGHT_OF;
    return below
        ? new Scene(
            scene.background(),
            opposite((Relation) scene.layout()),
            List.of(nominal.objects().get(1), nominal.objects().get(0)))
        : nominal;
  }

  private static SceneObject recoloured(SceneObject object, SceneRandom random) {
    Colour held = SceneObject.heldOutColour(object.shape());
    Predicate<Colour> fits = each -> each != object.colour() && each != held;
    return changed(object, object.shape(), other(random, Colour.values(), fits));
  }

  private static SceneObject reshaped(SceneObject object, SceneRandom random) {
    Predicate<Shape> fits =
        each -> each != object.shape() && SceneObject.heldOutColour(each) != object.colour();
    return changed(object, other(random, Shape.values(), fits), object.colour());
  }

  private static SceneObject changed(SceneObject object, Shape shape, Colour colour) {
    Texture texture = shape.carriesTexture(object.size()) ? object.texture() : Texture.PLAIN;
    return new SceneObject(
        shape, colour, object.size(), texture, object.offsetX(), object.offsetY());
  }

  private static Scene with(Scene scene, int index, SceneObject object) {
    List<SceneObject> objects = new ArrayList<>(scene.objects());
    objects.set(index, object);
    return new Scene(scene.background(), scene.layout(), objects);
  }

  private static Scene with(Scene scene, SceneObject first, SceneObject second) {
    return new Scene(scene.background(), scene.layout(), List.of(first, second));
  }

  private static <E> E other(SceneRandom random, E[] values, Predicate<E> fits) {
    List<E> others = Arrays.stream(values).filter(fits).toList();
    return others.get(random.below(others.size()));
  }
}
