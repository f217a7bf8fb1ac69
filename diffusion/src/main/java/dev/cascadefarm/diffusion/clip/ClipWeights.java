package dev.cascadefarm.diffusion.clip;

import java.util.LinkedHashMap;
import java.util.Map;

/**
 * What a CLIP takes from a checkpoint. Versions of transformers name the same parameters with or
 * without the model's own name before them; ours have it.
 */
public final class ClipWeights {
  private static final String POSITIONS = "embeddings.position_ids";

  private ClipWeights() {}

  /**
   * The text model's, by the paths of {@link ClipTextEncoder}. Checks nothing else.
   *
   * @param <T> a tensor
   */
  public static <T> Map<String, T> text(Map<String, T> checkpoint) {
    return named(checkpoint, ClipTextEncoder.MODEL, ClipTextEncoder.PROJECTION);
  }

  /**
   * The vision model's, by the paths of {@link ClipVisionEncoder}. Checks nothing else.
   *
   * @param <T> a tensor
   */
  public static <T> Map<String, T> vision(Map<String, T> checkpoint) {
    return named(checkpoint, ClipVisionEncoder.MODEL, ClipVisionEncoder.PROJECTION);
  }

  private static <T> Map<String, T> named(
      Map<String, T> checkpoint, String model, String projection) {
    boolean bare = checkpoint.keySet().stream().noneMatch(each -> each.startsWith(model + "."));
    Map<String, T> weights = new LinkedHashMap<>();
    checkpoint.forEach(
        (path, tensor) -> {
          boolean prefixed = !bare || path.startsWith(projection + ".");
          weights.put(prefixed ? path : model + "." + path, tensor);
        });
    weights.remove(model + "." + POSITIONS);
    return weights;
  }
}
