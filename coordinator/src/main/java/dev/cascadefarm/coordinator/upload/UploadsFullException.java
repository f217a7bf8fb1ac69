package dev.cascadefarm.coordinator.upload;

/** A tenant has as many uploads as are kept, all of them young; worth another try later. */
public final class UploadsFullException extends RuntimeException {
  UploadsFullException(int kept) {
    super(
        "uploads: %d, none older than %d minutes (expected: fewer, or older ones to remove)"
            .formatted(kept, Uploads.LEAST_AGE.toMinutes()));
  }
}
