package dev.cascadefarm.standalone.cli;

import java.nio.file.Path;
import picocli.CommandLine.Option;

/** What stands in place of MinImagen's downloads. */
final class MinImagenSources {
  @Option(
      names = "--data",
      paramLabel = "DIR",
      required = true,
      description = "folder with images/ and captions.jsonl")
  private Path data = Path.of("");

  @Option(
      names = "--t5-dir",
      paramLabel = "DIR",
      defaultValue = "t5",
      description = "files of the T5 (default: ${DEFAULT-VALUE})")
  private Path t5 = Path.of("t5");

  Path data() {
    return data;
  }

  Path t5() {
    return t5;
  }
}
