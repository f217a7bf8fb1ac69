package dev.cascadefarm.diffusion.t5;

import dev.cascadefarm.diffusion.stage.StoredTensor;
import dev.cascadefarm.diffusion.weights.WeightsException;
import java.util.LinkedHashMap;
import java.util.Map;

/** What a {@link T5Encoder} takes from a checkpoint, whole T5s and encoders alike. */
public final class T5Weights {
  private static final String SHARED = "shared.weight";
  private static final String EMBEDDING = "encoder.embed_tokens.weight";
  private static final String DECODER = "decoder.";
  private static final String OUTPUT = "lm_head.weight";

  private T5Weights() {}

  /**
   * Leaves out the decoder and the output layer, and gives the embedding its one name. Checks
   * nothing else.
   *
   * @param <T> a tensor
   * @param source of the checkpoint, for messages
   * @throws WeightsException if the embedding is there under both names with different numbers
   */
  public static <T extends StoredTensor> Map<String, T> encoder(
      Map<String, T> checkpoint, String source) {
    Map<String, T> encoder = new LinkedHashMap<>(checkpoint);
    encoder.keySet().removeIf(each -> each.startsWith(DECODER) || each.equals(OUTPUT));
    T embedding = encoder.remove(EMBEDDING);
    if (embedding != null) {
      T shared = encoder.putIfAbsent(SHARED, embedding);
      if (shared != null && !shared.read().equals(embedding.read())) {
        throw new WeightsException(
            "%s: %s and %s differ (expected: the same numbers)"
                .formatted(source, SHARED, EMBEDDING));
      }
    }
    return encoder;
  }
}
