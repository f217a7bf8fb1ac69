package dev.cascadefarm.diffusion.weights;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * A folder of a checkpoint that somebody else made: a file counts only if it lies in the folder
 * itself, whatever its name says and wherever it links to.
 *
 * @param path of the folder
 */
public record CheckpointFolder(Path path) {
  private static final int MAX_FILES = 10_000;

  /**
   * A file that must be there.
   *
   * @throws WeightsException if it is not, or does not lie in the folder
   */
  public Path file(String name) {
    return find(name)
        .orElseThrow(
            () -> new WeightsException("%s: missing (expected: a file)".formatted(at(name))));
  }

  /**
   * A file that may be there.
   *
   * @throws WeightsException if it does not lie in the folder, or is no file
   */
  public Optional<Path> find(String name) {
    requirePlain(name);
    Path file = path.resolve(name);
    if (!Files.exists(file) && !Files.isSymbolicLink(file)) {
      return Optional.empty();
    }
    try {
      Path real = file.toRealPath();
      if (!real.startsWith(path.toRealPath())) {
        throw new WeightsException(
            "%s: links to %s (expected: a file within its folder; copy the folder with cp -rL)"
                .formatted(file, real));
      }
      if (!Files.isRegularFile(real)) {
        throw new WeightsException(file + ": is no file (expected: a file)");
      }
      return Optional.of(file);
    } catch (IOException e) {
      throw new WeightsException(file + ": cannot be found: " + e.getMessage(), e);
    }
  }

  private void requirePlain(String name) {
    boolean plain =
        !name.isEmpty() && !name.contains("/") && !name.contains("\\") && !name.contains("\0");
    if (!plain || name.equals(".") || name.equals("..") || !isName(name)) {
      throw new WeightsException(
          "%s: %s (expected: the name of a file of that folder)"
              .formatted(path, name.replace('\0', ' ')));
    }
  }

  private boolean isName(String name) {
    try {
      return path.resolve(name).getFileName().toString().equals(name);
    } catch (InvalidPathException e) {
      return false;
    }
  }

  private String at(String name) {
    return path.resolve(name).toString();
  }

  /**
   * Reads a file that must be there.
   *
   * @param maxBytes of the file
   * @throws WeightsException if it is missing, larger, or does not lie in the folder
   */
  public byte[] bytes(String name, long maxBytes) {
    Path file = file(name);
    try {
      long size = Files.size(file);
      if (size > maxBytes) {
        throw new WeightsException(
            "%s: %d bytes (expected: at most %d)".formatted(file, size, maxBytes));
      }
      return Files.readAllBytes(file);
    } catch (IOException e) {
      throw new WeightsException(file + ": cannot be read: " + e.getMessage(), e);
    }
  }

  /**
   * The names of what lies in the folder, sorted.
   *
   * @throws WeightsException if it is no folder
   */
  public List<String> names() {
    try (Stream<Path> files = Files.list(path)) {
      return files.limit(MAX_FILES).map(each -> each.getFileName().toString()).sorted().toList();
    } catch (IOException e) {
      throw new WeightsException(path + ": missing or unreadable (expected: a folder)", e);
    }
  }
}
