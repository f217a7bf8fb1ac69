package dev.cascadefarm.coordinator.upload;

import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/** The forms of picture files that the farm reads, told by their first bytes. */
public enum PictureType {
  PNG("image/png", "\u0089PNG\r\n\u001a\n"),
  JPEG("image/jpeg", "\u00ff\u00d8\u00ff");

  private static final String EXPECTED = "a PNG or JPEG picture";

  /** Forms that are only known by name, by their first bytes. */
  private static final Map<String, String> OTHERS =
      Map.of(
          "GIF8", "GIF",
          "BM", "BMP",
          "II*\0", "TIFF",
          "MM\0*", "TIFF",
          "RIFF", "WebP or another RIFF file",
          "%PDF", "PDF",
          "<svg", "SVG",
          "<?xml", "XML");

  private final String mediaType;
  private final String signature;

  PictureType(String mediaType, String signature) {
    this.mediaType = mediaType;
    this.signature = signature;
  }

  /** The media type, for example {@code image/png}. */
  public String mediaType() {
    return mediaType;
  }

  /**
   * The form of a file.
   *
   * @throws InvalidPictureException if it is another
   */
  public static PictureType of(byte[] file) {
    if (file.length == 0) {
      throw InvalidPictureException.content("0 bytes", EXPECTED);
    }
    for (PictureType type : values()) {
      if (startsWith(file, type.signature)) {
        return type;
      }
    }
    throw InvalidPictureException.type(other(file), EXPECTED);
  }

  /** The form that a {@code Content-Type} header announces. */
  static Optional<PictureType> announced(String contentType) {
    String media = contentType.split(";", 2)[0].strip().toLowerCase(Locale.ROOT);
    for (PictureType type : values()) {
      if (type.mediaType.equals(media)) {
        return Optional.of(type);
      }
    }
    return Optional.empty();
  }

  private static String other(byte[] file) {
    return OTHERS.entrySet().stream()
        .filter(known -> startsWith(file, known.getKey()))
        .map(Map.Entry::getValue)
        .findFirst()
        .orElse("bytes of no known form");
  }

  private static boolean startsWith(byte[] file, String signature) {
    byte[] wanted = signature.getBytes(StandardCharsets.ISO_8859_1);
    for (int i = 0; i < wanted.length; i++) {
      if (i >= file.length || file[i] != wanted[i]) {
        return false;
      }
    }
    return true;
  }
}
