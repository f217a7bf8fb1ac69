package dev.cascadefarm.coordinator.upload;

/**
 * What bounds the pictures that people bring.
 *
 * @param bytes largest file
 * @param side longest side of a picture, in pixels
 * @param pixels most pixels of a picture
 * @param kept pictures of one tenant that are kept at once, those that jobs have taken not counted
 */
public record UploadLimits(long bytes, int side, long pixels, int kept) {
  /** The largest file that any configuration may allow. */
  public static final long MAX_BYTES = 1L << 26;

  /** The longest side that any configuration may allow, in pixels. */
  public static final int MAX_SIDE = 1 << 14;

  /** The most pixels that any configuration may allow. */
  public static final long MAX_PIXELS = 1L << 26;

  /** The most pictures of one tenant that any configuration may allow. */
  public static final int MAX_KEPT = 10_000;

  public UploadLimits {
    require("bytes", bytes, MAX_BYTES);
    require("side", side, MAX_SIDE);
    require("pixels", pixels, MAX_PIXELS);
    require("kept", kept, MAX_KEPT);
  }

  /** 8 MiB, 4096 pixels a side, 16 mebipixels, 500 pictures. */
  public static UploadLimits defaults() {
    return new UploadLimits(1L << 23, 4096, 1L << 24, 500);
  }

  /** Refuses a picture of such a size; called before any of its pixels is decoded. */
  void requireFits(long width, long height) {
    String size = width + "x" + height;
    if (width < 1 || height < 1 || width > side || height > side) {
      throw InvalidPictureException.content(size + " pixels", "1 to " + side + " a side");
    }
    if (width * height > pixels) {
      throw InvalidPictureException.content(
          size + ", " + width * height + " pixels", "at most " + pixels);
    }
  }

  private static void require(String name, long value, long most) {
    if (value < 1 || value > most) {
      throw new IllegalArgumentException(
          "uploads: " + name + ": " + value + " (expected: 1 to " + most + ")");
    }
  }
}
