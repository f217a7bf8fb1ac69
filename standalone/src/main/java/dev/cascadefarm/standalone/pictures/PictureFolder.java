package dev.cascadefarm.standalone.pictures;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.regex.Pattern;

/**
 * The folder of one job's pictures. A file appears under its name only when it is complete.
 *
 * @param path {@code DIR/JOB}
 */
public record PictureFolder(Path path) {
  /** A job's id comes from a server: it must not lead out of the folder. */
  private static final Pattern JOB = Pattern.compile("[a-z0-9-]{1,64}");

  /** The folder of a job below {@code directory}; made when the first picture is written. */
  public static PictureFolder of(Path directory, String job) {
    if (!JOB.matcher(job).matches()) {
      throw new IllegalArgumentException("job: " + job + " (expected: 1 to 64 of a-z, 0-9 and -)");
    }
    return new PictureFolder(directory.resolve(job));
  }

  /** Writes an image's final picture. */
  public Path write(int image, byte[] png) throws IOException {
    return writeAtomically("image-" + image + ".png", png);
  }

  /** Writes the picture that one stage drew of an image. */
  public Path write(int image, String stage, byte[] png) throws IOException {
    return writeAtomically("image-" + image + "." + stage + ".png", png);
  }

  /** Writes the sheet that shows pictures of several jobs side by side. */
  public Path writeSheet(byte[] png) throws IOException {
    return writeAtomically("sheet.png", png);
  }

  private Path writeAtomically(String name, byte[] png) throws IOException {
    Files.createDirectories(path);
    Path part = path.resolve("." + name + "." + ProcessHandle.current().pid() + ".part");
    try {
      Files.write(part, png);
      return Files.move(part, path.resolve(name), StandardCopyOption.ATOMIC_MOVE);
    } finally {
      Files.deleteIfExists(part);
    }
  }
}
