package dev.cascadefarm.diffusion.scenes;

import java.util.List;
import java.util.function.UnaryOperator;

/** One or two objects on a background, in integers of a 64-pixel canvas. Immutable. */
public record Scene(Background background, Layout layout, List<SceneObject> objects) {
  /** Side of the canvas on which scenes are defined, in pixels. */
  public static final int CANVAS_SIDE = 64;

  public Scene {
    objects = List.copyOf(objects);
    if (objects.size() != layout.objectCount()) {
      throw new IllegalArgumentException(
          "objects: %d (expected: %d for %s)"
              .formatted(objects.size(), layout.objectCount(), layout));
    }
    for (int i = 0; i < objects.size(); i++) {
      requireInside(objects.get(i), layout, i);
    }
  }

  /** Column of an object's centre in canvas pixels. */
  public int centreX(int object) {
    return layout.centreX(object) + objects.get(object).offsetX();
  }

  /** Row of an object's centre in canvas pixels. */
  public int centreY(int object) {
    return layout.centreY(object) + objects.get(object).offsetY();
  }

  /** The scene with every object at its nominal place: all that a caption tells. */
  public Scene nominal() {
    return new Scene(background, layout, objects.stream().map(o -> o.moved(0, 0)).toList());
  }

  /** The scene with other textures. */
  public Scene retextured(UnaryOperator<Texture> change) {
    return new Scene(
        background,
        layout,
        objects.stream().map(o -> o.retextured(change.apply(o.texture()))).toList());
  }

  /** Whether any object is a pair of shape and colour that training never shows. */
  public boolean heldOut() {
    return objects.stream().anyMatch(SceneObject::heldOut);
  }

  private static void requireInside(SceneObject object, Layout layout, int index) {
    int x = layout.centreX(index) + object.offsetX();
    int y = layout.centreY(index) + object.offsetY();
    int low = object.size().radius();
    int high = CANVAS_SIDE - low;
    if (x < low || x > high || y < low || y > high) {
      throw new IllegalArgumentException(
          "centre of object %d: (%d, %d) (expected: both within %d..%d)"
              .formatted(index, x, y, low, high));
    }
  }
}
