package dev.cascadefarm.diffusion.vae;

import dev.cascadefarm.diffusion.diffusers.AttentionNames;
import dev.cascadefarm.diffusion.stage.HostTensor;
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
  public static Map<String, HostTensor> encoder(Map<String, HostTensor> checkpoint) {
    return without(DECODER, checkpoint);
  }

  /** The decoder's tensors under their present names. */
  public static Map<String, HostTensor> decoder(Map<String, HostTensor> checkpoint) {
    return without(ENCODER, checkpoint);
  }

  private static Map<String, HostTensor> without(
      List<String> prefixes, Map<String, HostTensor> checkpoint) {
    Map<String, HostTensor> rest = new TreeMap<>(AttentionNames.present(checkpoint));
    rest.keySet().removeIf(name -> prefixes.stream().anyMatch(name::startsWith));
    return rest;
  }
}
