package dev.cascadefarm.common.cascade;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * What the writer of a large file says of it, hidden beside it until the bundle is sealed: its
 * SHA-256, in a line as {@code sha256sum} prints it. So the file need not be read again. A note
 * that is older than its file, or of another form, says nothing.
 *
 * @param file of the bundle
 */
record HashNote(Path file) {
  private static final Pattern NAME = Pattern.compile("\\.(.+)\\.sha256");
  private static final Pattern LINE = Pattern.compile("([0-9a-f]{64})  (.+)\n");
  private static final int MOST_BYTES = 1 << 12;

  /** Whether a file is a note, and none of the bundle's own. */
  static boolean isNote(Path path) {
    return NAME.matcher(path.getFileName().toString()).matches();
  }

  /** SHA-256 (hex) of the file, as noted or as it is read. */
  String sha256() {
    return noted().orElseGet(() -> InstalledBundle.sha256(file));
  }

  private Optional<String> noted() {
    String name = file.getFileName().toString();
    Path note = file.resolveSibling("." + name + ".sha256");
    try {
      if (!Files.isRegularFile(note)
          || Files.size(note) > MOST_BYTES
          || Files.getLastModifiedTime(note).compareTo(Files.getLastModifiedTime(file)) < 0) {
        return Optional.empty();
      }
      return Optional.of(LINE.matcher(Files.readString(note, StandardCharsets.UTF_8)))
          .filter(line -> line.matches() && line.group(2).equals(name))
          .map(line -> line.group(1));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
