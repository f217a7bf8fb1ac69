package dev.cascadefarm.coordinator.upload;

import org.jspecify.annotations.Nullable;

/** From the bytes that somebody sends to the picture that stages see. Blocks. Thread-safe. */
final class PictureIntake {
  private final UploadLimits limits;

  PictureIntake(UploadLimits limits) {
    this.limits = limits;
  }

  /**
   * A square picture.
   *
   * @param png 8-bit RGB, {@code side} by {@code side} pixels
   * @param width of the picture as it came in, upright
   * @param height of the picture as it came in, upright
   */
  @SuppressWarnings("ArrayRecordComponent") // handed over, never compared
  record Taken(byte[] png, int side, int width, int height) {}

  /**
   * Checks, decodes and squares a picture.
   *
   * @param contentType what the sender says it is
   * @throws InvalidPictureException if it is none that the farm takes
   */
  Taken take(byte[] file, @Nullable String contentType, Aspect aspect) {
    PictureType announced = announced(contentType);
    PictureFile picture = PictureFile.read(file, limits);
    if (picture.type() != announced) {
      throw InvalidPictureException.type(
          "Content-Type: " + announced.mediaType() + ", but the body is a " + picture.type(),
          picture.type().mediaType());
    }
    byte[] png = PictureDecoder.png(SquarePicture.of(picture, aspect));
    int side = SquarePicture.Layout.of(picture.width(), picture.height(), aspect).side();
    return picture.turned()
        ? new Taken(png, side, picture.height(), picture.width())
        : new Taken(png, side, picture.width(), picture.height());
  }

  private static PictureType announced(@Nullable String contentType) {
    String given = contentType == null ? "missing" : contentType;
    return PictureType.announced(given)
        .orElseThrow(
            () ->
                InvalidPictureException.type("Content-Type: " + given, "image/png or image/jpeg"));
  }
}
