package dev.cascadefarm.coordinator.upload;

import java.time.Duration;

/** A picture could not be decoded in time; worth another try later. */
public final class UploadsBusyException extends RuntimeException {
  UploadsBusyException(Duration limit) {
    super("picture: not decoded within %s (expected: less)".formatted(limit));
  }
}
