package dev.cascadefarm.diffusion.minimagen;

import java.util.Map;
import java.util.TreeMap;

/** The T5 encoders that MinImagen knows by name, and how wide their embeddings are. */
final class T5Widths {
  private static final Map<String, Integer> WIDTHS =
      Map.of(
          "t5_small", 512,
          "t5_base", 768,
          "t5_large", 1024,
          "t5_3b", 1024,
          "t5_11b", 1024,
          "small1.1", 512,
          "base1.1", 768,
          "large1.1", 1024,
          "xl1.1", 2048,
          "xxl1.1", 4096);

  private T5Widths() {}

  static int of(String name) {
    Integer width = WIDTHS.get(name);
    if (width == null) {
      throw new TrainingDirectoryException(
          "text_encoder_name: %s (expected: one of %s, or text_embed_dim beside it)"
              .formatted(name, new TreeMap<>(WIDTHS).keySet()));
    }
    return width;
  }
}
