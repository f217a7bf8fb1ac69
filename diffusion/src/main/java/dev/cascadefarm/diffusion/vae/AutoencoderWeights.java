package dev.cascadefarm.diffusion.vae;

import dev.cascadefarm.diffusion.diffusers.AttentionNames;
import dev.cascadefarm.diffusion.stage.StoredTensor;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * The halves of an autoencoder's checkpoint, for models that hold one half. What belongs to neither
 * is kept in both, so that loading them refuses it.
 */
public final class AutoencoderWeights {
  private static final List<String> ENCODER = List.of("encoder.", "quant_conv.");
  private static final List<String> DECODER = List.of("decoder.", "post_quant_conv.");

  private AutoencoderWeights() {}

  /** The encoder's tensors under their present names. */
  public static Map<String, StoredTensor> encoder(Map<String, ? extends StoredTensor> checkpoint) {
    return without(DECODER, checkpoint);
  }

  /** The decoder's tensors under their present names. */
  public static Map<String, StoredTensor> decoder(Map<String, ? extends StoredTensor> checkpoint) {
    return without(ENCODER, checkpoint);
  }

  private static Map<String, StoredTensor> without(
      List<String> prefixes, Map<String, ? extends StoredTensor> checkpoint) {
    Map<String, StoredTensor> rest = new TreeMap<>(AttentionNames.present(checkpoint));
    rest.keySet().removeIf(name -> prefixes.stream().anyMatch(name::startsWith));
    return rest;
  }
}
