package dev.cascadefarm.standalone.cli;

import dev.cascadefarm.diffusion.scenes.SceneSampler;
import dev.cascadefarm.diffusion.scenes.Textures;
import dev.cascadefarm.diffusion.scenes.Wording;
import java.util.Arrays;
import java.util.Locale;
import java.util.stream.Collectors;
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

  @Option(
      names = "--textures",
      paramLabel = "WHICH",
      description = "none, bold (visible at 64 pixels) or all (at 256 too) (default: all)")
  private String textures = "all";

  @Option(
      names = "--wording",
      paramLabel = "WORDING",
      description =
          "plain, varied (as in training) or held-out (a phrasing training never shows)"
              + " (default: plain)")
  private String wording = "plain";

  SceneSampler sampler() {
    SceneSampler.Split chosen = choice("--split", split, SceneSampler.Split.class);
    Textures which = choice("--textures", textures, Textures.class);
    try {
      return new SceneSampler(seed, chosen, twoObjects, which);
    } catch (IllegalArgumentException e) {
      throw new UsageException("--two-objects: " + twoObjects + " (expected: 0 to 1)", e);
    }
  }

  Wording wording() {
    return choice("--wording", wording, Wording.class);
  }

  private static <E extends Enum<E>> E choice(String option, String text, Class<E> type) {
    return Arrays.stream(type.getEnumConstants())
        .filter(each -> word(each).equals(text.toLowerCase(Locale.ROOT)))
        .findFirst()
        .orElseThrow(() -> new UsageException(option + ": " + text + " (" + expected(type) + ")"));
  }

  private static <E extends Enum<E>> String expected(Class<E> type) {
    return Arrays.stream(type.getEnumConstants())
        .map(SceneOptions::word)
        .collect(Collectors.joining(", ", "expected: one of ", ""));
  }

  private static String word(Enum<?> each) {
    return each.name().toLowerCase(Locale.ROOT).replace('_', '-');
  }
}
