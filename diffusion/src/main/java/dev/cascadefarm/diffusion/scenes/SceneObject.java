package dev.cascadefarm.diffusion.scenes;

/**
 * One object of a scene. The offset moves it from the nominal place of its layout, in canvas
 * pixels; captions do not mention it.
 */
public record SceneObject(
    Shape shape, Colour colour, Size size, Texture texture, int offsetX, int offsetY) {

  /** An object at its nominal place. */
  public static SceneObject of(Shape shape, Colour colour, Size size, Texture texture) {
    return new SceneObject(shape, colour, size, texture, 0, 0);
  }

  /** Whether this pair of shape and colour is kept out of training. */
  public boolean heldOut() {
    return heldOutColour(shape) == colour;
  }

  SceneObject moved(int x, int y) {
    return new SceneObject(shape, colour, size, texture, x, y);
  }

  SceneObject retextured(Texture other) {
    return new SceneObject(shape, colour, size, other, offsetX, offsetY);
  }

  /** The one colour that a shape never has in training. */
  static Colour heldOutColour(Shape shape) {
    return switch (shape) {
      case CIRCLE -> Colour.YELLOW;
      case SQUARE -> Colour.BLUE;
      case TRIANGLE -> Colour.GREEN;
      case CROSS -> Colour.RED;
      case RING -> Colour.CYAN;
      case DIAMOND -> Colour.PINK;
    };
  }
}
