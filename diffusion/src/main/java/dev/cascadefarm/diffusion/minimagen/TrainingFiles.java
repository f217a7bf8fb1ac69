package dev.cascadefarm.diffusion.minimagen;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * The files of a training directory, found by their names.
 *
 * @param unets in the order of the U-Nets
 * @param arguments of the command line, by name, in their order
 */
record TrainingFiles(
    Path imagen, String timestamp, List<Path> unets, Map<String, String> arguments) {
  private static final Pattern IMAGEN = Pattern.compile("imagen_params_?(.*)\\.json");
  private static final String UNET = "unet_(\\d{1,3})_.*\\.json";
  private static final String UNET_AT = "unet_0*%d_.*\\.json";
  private static final String COMMAND = "training_.*\\.txt";
  private static final String STATE = "unet_0*%d_.*\\.pth";
  private static final int MAX_FILES = 1000;

  /**
   * Finds the files of {@code parameters/}.
   *
   * @throws TrainingDirectoryException naming what is missing or there twice
   */
  static TrainingFiles list(Path folder) {
    List<Path> all = files(folder);
    Path imagen = one(folder, all, IMAGEN.pattern(), "imagen_params_TIMESTAMP.json");
    Matcher name = IMAGEN.matcher(imagen.getFileName().toString());
    String timestamp = name.matches() ? name.group(1) : "";
    long count = all.stream().filter(each -> matches(each, UNET)).count();
    List<Path> unets =
        IntStream.range(0, Math.max(1, (int) count))
            .mapToObj(
                i -> one(folder, all, UNET_AT.formatted(i), "unet_" + i + "_params_TIMESTAMP.json"))
            .toList();
    return new TrainingFiles(imagen, timestamp, unets, arguments(all));
  }

  /**
   * The file of one U-Net's weights: in the first folder that has any.
   *
   * @throws TrainingDirectoryException if there is none, or more than one
   */
  static Path state(Path best, Path last, int unet) {
    List<Path> all = files(best);
    Path folder = all.isEmpty() ? last : best;
    return one(
        folder,
        all.isEmpty() ? files(last) : all,
        STATE.formatted(unet),
        "unet_%d_….pth; state_dicts/ counts, or tmp/ if it is empty".formatted(unet));
  }

  private static List<Path> files(Path folder) {
    try (Stream<Path> files = Files.list(folder)) {
      return files.sorted().limit(MAX_FILES).toList();
    } catch (IOException e) {
      throw new TrainingDirectoryException(
          folder + ": missing or unreadable (expected: a folder)", e);
    }
  }

  private static Path one(Path folder, List<Path> all, String pattern, String expected) {
    List<Path> found = all.stream().filter(each -> matches(each, pattern)).toList();
    if (found.size() != 1) {
      throw new TrainingDirectoryException(
          "%s: %s (expected: one file %s)"
              .formatted(
                  folder,
                  found.isEmpty() ? "missing" : found.stream().map(Path::getFileName).toList(),
                  expected));
    }
    return found.get(0);
  }

  private static boolean matches(Path file, String pattern) {
    return file.getFileName().toString().matches(pattern);
  }

  private static Map<String, String> arguments(List<Path> all) {
    Map<String, String> arguments = new LinkedHashMap<>();
    for (Path each : all) {
      if (matches(each, COMMAND)) {
        readArguments(each, arguments);
      }
    }
    return arguments;
  }

  private static void readArguments(Path file, Map<String, String> arguments) {
    List<String> lines;
    try {
      lines = Files.readAllLines(file);
    } catch (IOException e) {
      throw new TrainingDirectoryException(file + ": cannot be read: " + e.getMessage(), e);
    }
    for (int i = 0; i < lines.size(); i++) {
      String line = lines.get(i);
      int equals = line.indexOf('=');
      if (!line.startsWith("--") || equals < 3) {
        throw new TrainingDirectoryException(
            "%s:%d: %s (expected: --NAME=VALUE)".formatted(file, i + 1, line));
      }
      arguments.put(line.substring(2, equals), line.substring(equals + 1));
    }
  }
}
