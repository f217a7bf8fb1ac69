package dev.cascadefarm.diffusion.minimagen;

import dev.cascadefarm.diffusion.weights.AtomicFiles;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/**
 * The folder that MinImagen's inference writes: the captions, the training directory that was used,
 * and a picture for each caption.
 *
 * @param captions one for each picture, each one line
 */
public record GeneratedImages(Path folder, List<String> captions) {
  private static final String CAPTIONS = "captions.txt";
  private static final String TRAINING_DIRECTORY = "imagen_training_directory.txt";
  private static final String PICTURES = "generated_images";
  private static final long MAX_FILE_BYTES = 1 << 24;

  public GeneratedImages {
    captions = List.copyOf(captions);
  }

  /**
   * Makes the folder without its pictures.
   *
   * @throws TrainingDirectoryException if there are pictures already, or a caption is not one line
   */
  public static GeneratedImages create(
      Path folder, List<String> captions, String trainingDirectory) {
    for (int i = 0; i < captions.size(); i++) {
      requireCaption("caption " + (i + 1), captions.get(i));
    }
    Path pictures = folder.resolve(PICTURES);
    try {
      Files.createDirectories(pictures);
      try (Stream<Path> inside = Files.list(pictures)) {
        if (inside.findAny().isPresent()) {
          throw new TrainingDirectoryException(pictures + ": has files (expected: none)");
        }
      }
    } catch (IOException e) {
      throw new TrainingDirectoryException(pictures + ": cannot be made: " + e.getMessage(), e);
    }
    String lines = String.join("\n", captions) + "\n";
    AtomicFiles.write(folder.resolve(CAPTIONS), lines.getBytes(StandardCharsets.UTF_8));
    AtomicFiles.write(
        folder.resolve(TRAINING_DIRECTORY), trainingDirectory.getBytes(StandardCharsets.UTF_8));
    return new GeneratedImages(folder, captions);
  }

  /** Reads the captions of such a folder. */
  public static GeneratedImages open(Path folder) {
    return new GeneratedImages(folder, readCaptions(folder.resolve(CAPTIONS)));
  }

  /**
   * Reads a file of captions, one in each line.
   *
   * @throws TrainingDirectoryException naming the file and line that has none
   */
  public static List<String> readCaptions(Path file) {
    List<String> captions = new ArrayList<>();
    try {
      if (Files.size(file) > MAX_FILE_BYTES) {
        throw new TrainingDirectoryException(
            "%s: %d bytes (expected: at most %d)"
                .formatted(file, Files.size(file), MAX_FILE_BYTES));
      }
      for (String line : Files.readAllLines(file)) {
        captions.add(requireCaption(file + ":" + (captions.size() + 1), line));
      }
    } catch (IOException e) {
      throw new TrainingDirectoryException(file + ": cannot be read: " + e.getMessage(), e);
    }
    if (captions.isEmpty()) {
      throw new TrainingDirectoryException(file + ": no captions (expected: one in each line)");
    }
    return captions;
  }

  private static String requireCaption(String where, String caption) {
    if (caption.isBlank() || caption.contains("\n")) {
      throw new TrainingDirectoryException(
          "%s: \"%s\" (expected: a caption in one line)".formatted(where, caption));
    }
    return caption;
  }

  /** Where the picture of a caption, counted from 0, belongs. */
  public Path picture(int index) {
    return folder.resolve(PICTURES).resolve("image_" + index + ".png");
  }
}
