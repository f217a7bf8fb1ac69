package dev.cascadefarm.standalone.cli;

import dev.cascadefarm.diffusion.scenes.SceneDataset;
import dev.cascadefarm.diffusion.scenes.SceneSampler;
import dev.cascadefarm.diffusion.scenes.Wording;
import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code farm scenes}: captioned pictures, drawn by rule. */
@Command(
    mixinStandardHelpOptions = true,
    name = "scenes",
    description = "Write captioned pictures drawn by rule; prints the folder.")
final class ScenesCommand implements Callable<Integer> {
  @Option(names = "--out", paramLabel = "DIR", description = "folder (default: scenes)")
  private Path out = Path.of("scenes");

  @Option(names = "--count", paramLabel = "N", description = "pictures (default: 1000)")
  private int count = 1000;

  @Option(names = "--side", paramLabel = "PIXELS", description = "16, 32, 64 or 256 (default: 64)")
  private int side = 64;

  @Mixin private final SceneOptions scenes = new SceneOptions();
  @Mixin private final CommonOptions common = new CommonOptions();

  private final Console console;

  ScenesCommand(Console console) {
    this.console = console;
  }

  @Override
  public Integer call() throws IOException {
    common.load(console, new CommonOptions.Flags(), "warn");
    dataset().write(out);
    console.announce(out.toString());
    return ExitCode.DONE;
  }

  private SceneDataset dataset() {
    SceneSampler sampler = scenes.sampler();
    Wording wording = scenes.wording();
    try {
      return new SceneDataset(sampler, wording, side, count);
    } catch (IllegalArgumentException e) {
      throw new UsageException("--" + e.getMessage(), e);
    }
  }
}
