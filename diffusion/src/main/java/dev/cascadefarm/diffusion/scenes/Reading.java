package dev.cascadefarm.diffusion.scenes;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What the oracle sees in a picture, without knowing the caption. Immutable.
 *
 * @param background nearest background; null where none is near
 * @param count objects seen: 0, 1, 2, or 3 for more than the scene model has
 * @param objects what was recognised, the left or the upper object first
 * @param sideBySide whether two objects stand side by side rather than one above the other
 * @param showsFine whether the picture is large enough for fine textures, which look plain below
 */
public record Reading(
    @Nullable Background background,
    int count,
    List<Seen> objects,
    boolean sideBySide,
    boolean showsFine) {

  public Reading {
    objects = List.copyOf(objects);
  }

  /**
   * One recognised object.
   *
   * @param colour nearest colour; null where none is near
   * @param texture null where the picture is too small to show one
   * @param centreX column of the centre on the 64-pixel canvas
   * @param centreY row of the centre on the 64-pixel canvas
   */
  public record Seen(
      Shape shape,
      Size size,
      @Nullable Colour colour,
      @Nullable Texture texture,
      int centreX,
      int centreY) {}
}
