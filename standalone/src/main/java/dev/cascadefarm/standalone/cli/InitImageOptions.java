package dev.cascadefarm.standalone.cli;

import dev.cascadefarm.coordinator.upload.Aspect;
import dev.cascadefarm.coordinator.upload.InvalidPictureException;
import dev.cascadefarm.coordinator.upload.PictureType;
import dev.cascadefarm.standalone.client.FarmClient;
import dev.cascadefarm.standalone.config.ApiSettings;
import dev.cascadefarm.standalone.config.FarmConfig;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** A picture file for a job to start from; filled by picocli. */
final class InitImageOptions {
  private static final String EXPECTED = "a readable PNG or JPEG file";

  @Option(
      names = "--init-image",
      paramLabel = "FILE",
      description = "PNG or JPEG picture to start from, for cascades that take one")
  private @Nullable Path file;

  @Option(
      names = "--init-aspect",
      paramLabel = "HOW",
      description =
          "how a picture that is not square becomes one: centre-crop or fit (default: centre-crop)")
  private @Nullable String aspect;

  /**
   * A picture file.
   *
   * @param aspect how it becomes square
   */
  @SuppressWarnings("ArrayRecordComponent") // handed over, never compared
  record Picture(byte[] file, PictureType type, Aspect aspect) {
    /** Brings the picture to a farm; answers its id there. */
    String upload(FarmClient client) {
      return client.upload(file, type.mediaType(), aspect.word()).await().path("id").asText();
    }
  }

  /**
   * Reads the file, if one was named; no more of it than may be uploaded.
   *
   * @throws UsageException if it cannot be used; the farm looks closer
   */
  Optional<Picture> read(FarmConfig config) {
    Aspect how = aspect();
    if (file == null) {
      requireFile();
      return Optional.empty();
    }
    return Optional.of(new Source("--init-image", file, how).read(config));
  }

  /**
   * A picture file that an argument names.
   *
   * @param argument for messages
   * @param aspect how the picture becomes square
   */
  record Source(String argument, Path file, Aspect aspect) {
    /**
     * Reads no more of it than may be uploaded.
     *
     * @throws UsageException if it cannot be used; the farm looks closer
     */
    Picture read(FarmConfig config) {
      byte[] bytes = bytes(config.get(ApiSettings.UPLOAD_BYTES));
      try {
        return new Picture(bytes, PictureType.of(bytes), aspect);
      } catch (InvalidPictureException e) {
        throw new UsageException(argument + ": " + file + ": " + e.getMessage(), e);
      }
    }

    private byte[] bytes(long limit) {
      if (!Files.exists(file)) {
        throw refused("missing", null);
      }
      if (!Files.isRegularFile(file)) {
        throw refused("not a file", null);
      }
      try (InputStream in = Files.newInputStream(file)) {
        byte[] bytes = in.readNBytes((int) limit + 1);
        if (bytes.length > limit) {
          throw new UsageException(
              "%s: %s: %d bytes (expected: at most %d)"
                  .formatted(argument, file, Files.size(file), limit));
        }
        return bytes;
      } catch (IOException e) {
        throw refused("cannot be read", e);
      }
    }

    private UsageException refused(String found, @Nullable IOException cause) {
      String message = argument + ": " + file + ": " + found + " (expected: " + EXPECTED + ")";
      return cause == null ? new UsageException(message) : new UsageException(message, cause);
    }
  }

  private Aspect aspect() {
    try {
      return aspect == null ? Aspect.CENTRE_CROP : Aspect.of(aspect);
    } catch (IllegalArgumentException e) {
      throw new UsageException("--init-aspect: " + e.getMessage(), e);
    }
  }

  private void requireFile() {
    if (aspect != null) {
      throw new UsageException("--init-aspect: " + aspect + " (expected: with --init-image)");
    }
  }
}
