package dev.cascadefarm.standalone.train;

import dev.cascadefarm.common.cascade.BundleId;
import dev.cascadefarm.common.cascade.Cascade;
import dev.cascadefarm.common.cascade.CascadeWriter;
import dev.cascadefarm.diffusion.train.SceneRecipe;
import dev.cascadefarm.diffusion.train.SceneRecipes;
import dev.cascadefarm.standalone.install.LinearCascade;
import java.nio.file.Path;
import java.util.List;

/** The description of a scene cascade in a catalogue, written once all its bundles are there. */
final class CascadeFile {
  private CascadeFile() {}

  static void write(Path catalogue, String cascade) {
    SceneBundles bundles = new SceneBundles(catalogue);
    if (StageFolder.allInstalled(SceneRecipes.of(cascade).stream().map(bundles::folder))) {
      CascadeWriter.write(catalogue, of(cascade));
    }
  }

  /** Each diffusion stage enlarges the picture of the one before it. */
  static Cascade of(String cascade) {
    int version = SceneRecipes.version(cascade);
    List<String> stages = SceneRecipes.of(cascade).stream().map(SceneRecipe::stage).toList();
    return new Cascade(
        cascade,
        version,
        description(cascade),
        LinearCascade.stages(stages, stage -> new BundleId(cascade + "-" + stage, version)));
  }

  private static String description(String cascade) {
    return cascade.equals("tiny")
        ? "Noise in the right shapes, in milliseconds"
        : "Coloured shapes from captions, 16 to 64 to 256 pixels";
  }
}
