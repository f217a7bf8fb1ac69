package dev.cascadefarm.standalone.cli;

import dev.cascadefarm.coordinator.upload.Aspect;
import dev.cascadefarm.standalone.render.StageSetting;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Option;

/** How an unCLIP draws from pictures; filled by picocli. */
final class UnclipOptions {
  @Option(
      names = "--cascade",
      paramLabel = "NAME",
      description = "an unCLIP cascade, by its name alone (default: scenes-unclip)")
  private String cascade = "scenes-unclip";

  @Option(
      names = "--set",
      paramLabel = "STAGE.KEY=VALUE",
      description = "a setting of a stage, for example decoder.guidance=2; may be repeated")
  private List<String> settings = new ArrayList<>();

  @Option(
      names = "--aspect",
      paramLabel = "HOW",
      description =
          "how a picture that is not square becomes one: centre-crop or fit (default: centre-crop)")
  private String aspect = Aspect.CENTRE_CROP.word();

  @Option(names = "--out", paramLabel = "DIR", description = "folder (default: renders)")
  private Path out = Path.of("renders");

  String cascade() {
    return cascade;
  }

  Path out() {
    return out;
  }

  /**
   * The settings, read.
   *
   * @throws UsageException if one is out of form
   */
  List<StageSetting> settings() {
    return SetOption.read(settings);
  }

  /**
   * How a picture becomes square.
   *
   * @throws UsageException if there is no such way
   */
  Aspect aspect() {
    try {
      return Aspect.of(aspect);
    } catch (IllegalArgumentException e) {
      throw new UsageException("--aspect: " + e.getMessage(), e);
    }
  }
}
