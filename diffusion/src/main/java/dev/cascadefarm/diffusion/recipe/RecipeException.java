package dev.cascadefarm.diffusion.recipe;

/** A recipe that cannot be followed; the message names the key by its path. */
public final class RecipeException extends RuntimeException {
  public RecipeException(String message) {
    super(message);
  }

  public RecipeException(String message, Throwable cause) {
    super(message, cause);
  }
}
