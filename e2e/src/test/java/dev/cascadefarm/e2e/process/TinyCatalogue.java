package dev.cascadefarm.e2e.process;

import dev.cascadefarm.standalone.train.StageTraining;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.stream.Stream;

/**
 * A catalogue with the cascade {@code tiny}: random weights, rows of milliseconds, pictures of 64
 * by 64 pixels. Made once per test process by the code that trains every cascade.
 */
public final class TinyCatalogue {
  public static final String CASCADE = "tiny";

  private TinyCatalogue() {}

  /** The class that is loaded once, by the first test that asks. */
  private static final class Made {
    static final Path FOLDER = make();
  }

  /** Where it is. */
  public static Path folder() {
    return Made.FOLDER;
  }

  private static Path make() {
    try {
      Path root = Files.createTempDirectory("farm-e2e-");
      Runtime.getRuntime().addShutdownHook(new Thread(() -> delete(root), "delete-catalogue"));
      Path catalogue = root.resolve("catalogue");
      StageTraining training = new StageTraining(CASCADE, root.resolve("work"), catalogue);
      for (String stage : training.stages()) {
        if (!training.train(stage, false, () -> false, (report, weights) -> {})) {
          throw new IllegalStateException("stage " + stage + " of " + CASCADE + ": not finished");
        }
      }
      return catalogue;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void delete(Path root) {
    try (Stream<Path> files = Files.walk(root)) {
      files.sorted(Comparator.reverseOrder()).forEach(path -> path.toFile().delete());
    } catch (IOException e) {
      System.err.println("cannot delete " + root + ": " + e);
    }
  }
}
