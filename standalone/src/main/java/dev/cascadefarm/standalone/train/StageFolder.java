package dev.cascadefarm.standalone.train;

import dev.cascadefarm.common.cascade.StageBundle;
import dev.cascadefarm.common.json.WireJson;
import dev.cascadefarm.diffusion.train.TrainingException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;

/** Where a bundle is in a catalogue, once it is installed. */
record StageFolder(Path path) {
  /** Whether each of these folders has its bundle. */
  static boolean allInstalled(Stream<Path> folders) {
    return folders.map(StageFolder::new).allMatch(StageFolder::installed);
  }

  private boolean installed() {
    return Files.isRegularFile(description());
  }

  /** The file that is written last. */
  Path description() {
    return path.resolve(StageBundle.FILE);
  }

  /**
   * The path of a bundle that is there.
   *
   * @param expected what to do if it is not
   * @throws TrainingException if it is not installed
   */
  Path require(String expected) {
    if (!installed()) {
      throw new TrainingException(description() + ": missing (expected: " + expected + ")");
    }
    return path;
  }

  /**
   * The bundle's description.
   *
   * @param expected what to do if there is none
   * @throws TrainingException if it is not installed
   */
  StageBundle read(String expected) throws IOException {
    Path file = require(expected).resolve(StageBundle.FILE);
    return WireJson.read(Files.readString(file), StageBundle.class);
  }
}
