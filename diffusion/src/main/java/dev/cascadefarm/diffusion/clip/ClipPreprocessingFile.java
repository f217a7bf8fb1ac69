package dev.cascadefarm.diffusion.clip;

import com.fasterxml.jackson.databind.JsonNode;
import dev.cascadefarm.diffusion.json.ConfigFile;
import java.util.List;

/** Reads {@code preprocessor_config.json}; what we cannot follow is refused by its name. */
final class ClipPreprocessingFile {
  private static final int BICUBIC = 3;
  private static final double WHITE = 1 / 255.0;

  private ClipPreprocessingFile() {}

  /**
   * Reads the content of a file.
   *
   * @param name of the file, for messages
   * @throws ClipFilesException if it asks for something else
   */
  static ClipPreprocessing parse(byte[] content, String name) {
    ConfigFile file = ConfigFile.parse(content, name, ClipFilesException::new);
    for (String step :
        List.of("do_resize", "do_center_crop", "do_rescale", "do_normalize", "do_convert_rgb")) {
      file.same(step, "true");
    }
    file.same("resample", Integer.toString(BICUBIC));
    double factor = file.number("rescale_factor", WHITE);
    if (Math.abs(factor - WHITE) > 1e-9) {
      throw file.refused("rescale_factor", factor, "1/255");
    }
    try {
      return new ClipPreprocessing(
          edge(file), crop(file), file.numbers("image_mean", 3), file.numbers("image_std", 3));
    } catch (IllegalArgumentException e) {
      throw new ClipFilesException(name + ": " + e.getMessage(), e);
    }
  }

  /** Old files have one number, newer ones say what it is. */
  private static int edge(ConfigFile file) {
    JsonNode size = file.value("size");
    JsonNode edge = size != null && size.isObject() ? size.path("shortest_edge") : size;
    if (edge == null || !edge.isInt() || (size != null && size.isObject() && size.size() != 1)) {
      throw file.refused("size", size == null ? "missing" : size, "a shortest_edge");
    }
    return edge.intValue();
  }

  private static int crop(ConfigFile file) {
    JsonNode size = file.value("crop_size");
    boolean square = size != null && size.path("height").equals(size.path("width"));
    JsonNode side = size != null && size.isObject() && square ? size.path("height") : size;
    if (side == null || !side.isInt()) {
      throw file.refused("crop_size", size == null ? "missing" : size, "a square");
    }
    return side.intValue();
  }
}
