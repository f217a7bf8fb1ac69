package dev.cascadefarm.standalone.install;

import dev.cascadefarm.common.cascade.TensorSpec;
import java.util.List;
import java.util.Map;

/** What travels between stages: how it is called, and what it looks like. */
public final class BetweenStages {
  /** What text stages give. */
  public static final String EMBEDS = "embeds";

  public static final String IMAGE = "image";

  /** What prior and pictures give, and the decoder draws. */
  public static final String IMAGE_EMBED = "image_embed";

  public static final String LATENTS = "latents";

  /** A width that nobody says. */
  public static final int ANY_WIDTH = 0;

  private static final String RGB = "3";

  private BetweenStages() {}

  /** What text stages take. */
  public static Map<String, TensorSpec> prompts() {
    return Map.of(
        "prompt", new TensorSpec("text", "", List.of()),
        "negative_prompt", new TensorSpec("text", "", List.of(), true));
  }

  /** What a text stage of any width hands on. */
  public static TensorSpec embeds() {
    return embeds(ANY_WIDTH);
  }

  /** What a text stage hands on, of tokens of that width. */
  public static TensorSpec embeds(int width) {
    return embeds(width, false);
  }

  /** The same, as an input that a cascade may leave out. */
  public static TensorSpec embeds(int width, boolean optional) {
    String size = width == ANY_WIDTH ? "E" : Integer.toString(width);
    return tensors(List.of("1", "N", size), optional);
  }

  /** A square picture. */
  public static TensorSpec image(int side) {
    String pixels = Integer.toString(side);
    return image(RGB, pixels, pixels);
  }

  /** A picture of any size. */
  public static TensorSpec anyImage() {
    return image(RGB, "h", "w");
  }

  static TensorSpec image(String channels, String height, String width) {
    return new TensorSpec("image", "", List.of(channels, height, width));
  }

  /** The embedding of a picture. */
  public static TensorSpec imageEmbed(int width) {
    return tensors(List.of("1", Integer.toString(width)), false);
  }

  /** Tensors of a shape, batch first. */
  public static TensorSpec tensors(List<String> shape, boolean optional) {
    return new TensorSpec("tensors", "F32", shape, optional);
  }
}
