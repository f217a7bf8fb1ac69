package dev.cascadefarm.diffusion.recipe;

import dev.cascadefarm.diffusion.t5.T5Name;
import dev.cascadefarm.diffusion.t5.T5TextConfig;
import dev.cascadefarm.diffusion.text.TextEncoderConfig;
import java.nio.file.Path;

/** Where the text encoder of a recipe comes from. */
public sealed interface TextRecipe {
  /**
   * An encoder of the captions' own words, taught by regressing the pictures, then frozen.
   *
   * @param detailGain how much what is finer than 16×16 counts beside the rest
   */
  record Taught(int maxTextLen, int width, int layers, int heads, double detailGain)
      implements TextRecipe {
    /** The architecture for so many tokens. */
    public TextEncoderConfig config(int vocabulary) {
      return new TextEncoderConfig(vocabulary, maxTextLen, width, layers, heads);
    }
  }

  /** A T5 of these files, frozen. */
  record T5(T5Name name, Path folder, int maxTextLen) implements TextRecipe {}

  /**
   * A text stage that is in the catalogue already, frozen.
   *
   * @param id {@code name@version}
   */
  record Bundle(String id) implements TextRecipe {}

  /** Reads the section. */
  static TextRecipe read(Section from, Path base) {
    if (from.has("t5")) {
      T5Name name = from.make(() -> T5Name.of(from.text("t5")));
      return new T5(
          name,
          base.resolve(from.text("folder")),
          from.integer("max_text_len", T5TextConfig.MINIMAGEN_MAX_TEXT_LEN, 1, 2048));
    }
    if (from.has("bundle")) {
      String id = from.text("bundle");
      if (!id.matches("[a-z0-9-]{1,64}@[1-9][0-9]{0,8}")) {
        throw from.refused("bundle", id, "NAME@VERSION");
      }
      return new Bundle(id);
    }
    Taught taught =
        new Taught(
            from.integer("max_text_len", 32, 2, 2048),
            from.integer("width", 128, 1, 1 << 14),
            from.integer("layers", 3, 1, 64),
            from.integer("heads", 4, 1, 64),
            from.number("detail_gain", 1, 0, 100));
    from.make(() -> taught.config(1));
    return taught;
  }
}
