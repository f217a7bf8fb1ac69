package dev.cascadefarm.diffusion.graph;

/** A mistake in a model's construction; the message names the module's path and the shapes. */
public final class GraphException extends RuntimeException {
  GraphException(String message) {
    super(message);
  }
}
