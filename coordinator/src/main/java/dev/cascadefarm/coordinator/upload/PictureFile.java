package dev.cascadefarm.coordinator.upload;

/**
 * A picture file whose structure is whole and whose size is within the limits; no pixel of it is
 * decoded yet.
 *
 * @param width in pixels, as stored
 * @param height in pixels, as stored
 * @param orientation how it is to be turned, 1 to 8 as in EXIF
 * @param essence a file of the same pixels without everything that they do not need
 */
@SuppressWarnings("ArrayRecordComponent") // handed over, never compared
record PictureFile(PictureType type, int width, int height, int orientation, byte[] essence) {
  /**
   * Takes a file apart.
   *
   * @throws InvalidPictureException if it is of another form, damaged or too large
   */
  static PictureFile read(byte[] file, UploadLimits limits) {
    return switch (PictureType.of(file)) {
      case PNG -> new PngChunks(file, limits).read();
      case JPEG -> new JpegSegments(file, limits).read();
    };
  }

  /** Whether orientation exchanges width and height. */
  boolean turned() {
    return orientation > 4;
  }

  static InvalidPictureException truncated(String form) {
    return InvalidPictureException.content(form + " that ends too early", "a whole file");
  }

  static InvalidPictureException damaged(String form, String what) {
    return InvalidPictureException.content(form + " with " + what, "an undamaged file");
  }
}
