package dev.cascadefarm.diffusion.runner;

import com.fasterxml.jackson.databind.JsonNode;
import dev.cascadefarm.diffusion.karlo.PriorTransformerConfig;
import java.nio.charset.StandardCharsets;

/**
 * The model section of a stage whose prior is diffusers'.
 *
 * @param priorTransformer diffusers' own configuration of the network
 */
public record KarloPriorConfig(JsonNode priorTransformer) {
  /** The key of the section by which it is told from others. */
  static final String KEY = "prior_transformer";

  PriorTransformerConfig prior() {
    byte[] content = priorTransformer.toString().getBytes(StandardCharsets.UTF_8);
    return PriorTransformerConfig.parse(content, KEY);
  }
}
