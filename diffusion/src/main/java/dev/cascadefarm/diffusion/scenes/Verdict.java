package dev.cascadefarm.diffusion.scenes;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What is right about a picture. Immutable.
 *
 * @param place whether every object is where the caption puts it
 * @param objects one entry per object of the caption, in the caption's order
 */
public record Verdict(
    boolean background, boolean count, boolean place, List<ObjectVerdict> objects) {
  public Verdict {
    objects = List.copyOf(objects);
  }

  /**
   * What is right about one object.
   *
   * @param texture null where it cannot be judged: small pictures, objects too thin for a texture
   */
  public record ObjectVerdict(
      boolean shape, boolean size, boolean colour, @Nullable Boolean texture) {
    static final ObjectVerdict MISSING = new ObjectVerdict(false, false, false, null);
  }

  /** Whether all objects have their shape. */
  public boolean shape() {
    return objects.stream().allMatch(ObjectVerdict::shape);
  }

  /** Whether all objects have their size. */
  public boolean size() {
    return objects.stream().allMatch(ObjectVerdict::size);
  }

  /** Whether all objects have their colour. */
  public boolean colour() {
    return objects.stream().allMatch(ObjectVerdict::colour);
  }

  /** Whether all judged objects have their texture; null where none could be judged. */
  public @Nullable Boolean texture() {
    List<ObjectVerdict> judged = objects.stream().filter(o -> o.texture() != null).toList();
    return judged.isEmpty()
        ? null
        : judged.stream().allMatch(o -> Boolean.TRUE.equals(o.texture()));
  }

  /** Whether everything but the texture is right. */
  public boolean exact() {
    return background && count && place && shape() && size() && colour();
  }

  /** Whether nothing is wrong, as far as it could be judged. */
  public boolean right() {
    return exact() && !Boolean.FALSE.equals(texture());
  }

  /** Share of right attributes, each object's counted separately, in [0, 1]. */
  public double score() {
    int asserted = 3;
    int right = one(background) + one(count) + one(place);
    for (ObjectVerdict object : objects) {
      asserted += object.texture() == null ? 3 : 4;
      right += one(object.shape()) + one(object.size()) + one(object.colour());
      right += one(Boolean.TRUE.equals(object.texture()));
    }
    return right / (double) asserted;
  }

  private static int one(boolean value) {
    return value ? 1 : 0;
  }
}
