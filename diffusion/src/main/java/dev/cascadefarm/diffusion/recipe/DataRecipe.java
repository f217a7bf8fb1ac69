package dev.cascadefarm.diffusion.recipe;

import dev.cascadefarm.diffusion.data.CaptionedPictures;
import dev.cascadefarm.diffusion.data.DataReport;
import dev.cascadefarm.diffusion.data.FolderPictures;
import dev.cascadefarm.diffusion.data.IdxPictures;
import dev.cascadefarm.diffusion.data.LabelCaptions;
import dev.cascadefarm.diffusion.data.Rules;
import dev.cascadefarm.diffusion.data.ScenePictures;
import dev.cascadefarm.diffusion.scenes.SceneSampler;
import dev.cascadefarm.diffusion.scenes.Textures;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;

/** Where the captioned pictures of a recipe come from. */
public sealed interface DataRecipe {
  /**
   * Reads and checks them.
   *
   * @param leastSide that a picture must have, in pixels
   * @throws dev.cascadefarm.diffusion.data.DataException naming what cannot be used
   */
  Opened open(int leastSide);

  /** Examples, and what was found when they were read. */
  record Opened(CaptionedPictures pictures, DataReport report) {}

  /**
   * A folder with {@code captions.jsonl}.
   *
   * @param skipsUnusable whether examples that cannot be used are left out
   */
  record Folder(Path path, boolean skipsUnusable) implements DataRecipe {
    @Override
    public Opened open(int leastSide) {
      FolderPictures pictures = FolderPictures.open(path, new Rules(leastSide, skipsUnusable));
      return new Opened(pictures, pictures.report());
    }
  }

  /** Two files of the MNIST family. */
  record Idx(IdxPictures.Files files, LabelCaptions captions) implements DataRecipe {
    @Override
    public Opened open(int leastSide) {
      IdxPictures pictures = IdxPictures.open(files, captions, leastSide);
      return new Opened(pictures, DataReport.sound(pictures.count()));
    }
  }

  /** Scenes that are drawn as they are needed. */
  record Scenes(SceneSampler sampler) implements DataRecipe {
    @Override
    public Opened open(int leastSide) {
      return new Opened(new ScenePictures(sampler), DataReport.sound(CaptionedPictures.ENDLESS));
    }
  }

  /**
   * Reads the section.
   *
   * @param base what paths are relative to
   */
  static DataRecipe read(Section from, Path base, long seed) {
    return switch (from.choice("kind", "", Set.of("folder", "idx", "scenes"))) {
      case "folder" ->
          new Folder(base.resolve(from.text("path")), from.flag("skip_unusable", false));
      case "idx" -> idx(from, base);
      default ->
          new Scenes(
              new SceneSampler(
                  seed,
                  SceneSampler.Split.TRAIN,
                  from.number("two_object_share", 0.6, 0, 1),
                  from.flag("textured", true) ? Textures.BOLD : Textures.NONE));
    };
  }

  private static Idx idx(Section from, Path base) {
    Path images = base.resolve(from.text("images"));
    Path labels = base.resolve(from.text("labels"));
    int border = from.integer("border", 0, 0, 1024);
    List<String> names =
        from.tree("names").isArray()
            ? from.texts("names")
            : from.make(() -> LabelCaptions.namesOf(from.text("names")));
    List<String> templates = from.texts("templates");
    return new Idx(
        new IdxPictures.Files(images, labels, border),
        from.make(() -> new LabelCaptions(names, templates)));
  }
}
