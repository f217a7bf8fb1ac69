package dev.cascadefarm.diffusion.unet2d;

import dev.cascadefarm.diffusion.diffusers.Activation;

/**
 * How class labels join the time's embedding.
 *
 * @param kind what a label is
 * @param size width of a label, or number of classes
 * @param activation between the two linear layers, if the kind has them
 * @param appended whether the label's embedding stands beside the time's, rather than being added
 */
record LabelConfig(Kind kind, int size, Activation activation, boolean appended) {
  /** What labels can be. */
  enum Kind {
    /** There are no labels. */
    NONE,
    /** The number of a class. */
    CLASS,
    /** A number that is embedded as timesteps are. */
    TIMESTEP,
    /** A vector, embedded by two linear layers. */
    PROJECTION,
    /** A vector, embedded by one linear layer. */
    SIMPLE_PROJECTION,
    /** An embedding. */
    IDENTITY
  }

  static final LabelConfig NONE = new LabelConfig(Kind.NONE, 0, Activation.SILU, false);

  /** Whether a label is a vector, not a number. */
  boolean vector() {
    return switch (kind) {
      case PROJECTION, SIMPLE_PROJECTION, IDENTITY -> true;
      case NONE, CLASS, TIMESTEP -> false;
    };
  }
}
