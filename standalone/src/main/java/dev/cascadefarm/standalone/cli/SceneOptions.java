package dev.cascadefarm.standalone.cli;

import dev.cascadefarm.diffusion.scenes.SceneSampler;
import java.util.Locale;
import picocli.CommandLine.Option;

/** Which of the endless scenes are meant; filled by picocli. */
final class SceneOptions {
  @Option(
      names = "--split",
      paramLabel = "SPLIT",
      description = "train, seen or held-out pairs of shape and colour (default: train)")
  private String split = "train";

  @Option(names = "--seed", paramLabel = "S", description = "of the scenes (default: 1)")
  private long seed = 1;

  @Option(
      names = "--two-objects",
      paramLabel = "SHARE",
      description = "share of captions with two objects, 0 to 1 (default: 0.5)")
  private double twoObjects = 0.5;

  SceneSampler sampler(boolean textured) {
    try {
      SceneSampler.Split chosen =
          SceneSampler.Split.valueOf(split.toUpperCase(Locale.ROOT).replace('-', '_'));
      return new SceneSampler(seed, chosen, twoObjects, textured);
    } catch (IllegalArgumentException e) {
      throw new UsageException(
          "--split: "
              + split
              + ", --two-objects: "
              + twoObjects
              + " (expected: train, seen or held-out; 0 to 1)",
          e);
    }
  }
}
