package dev.cascadefarm.coordinator.api;

import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;

/** Finds the picture that a finished task has drawn. Thread-safe. */
public interface Pictures {
  /**
   * The picture of a committed manifest, verified; fails with {@link NoPictureException} if the
   * task drew none.
   *
   * @param manifest store key
   */
  Future<Picture> of(String manifest);

  /**
   * A PNG.
   *
   * @param sha256 hex
   */
  record Picture(Buffer png, String sha256) {}

  /** A task whose outputs are not pictures. */
  final class NoPictureException extends RuntimeException {
    public NoPictureException(String manifest) {
      super(manifest + ": no picture (expected: an output of media type image/png)");
    }
  }
}
