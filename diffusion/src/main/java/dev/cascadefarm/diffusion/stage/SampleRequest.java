package dev.cascadefarm.diffusion.stage;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Map;

/**
 * All that decides one sample.
 *
 * @param stage name of the stage in its cascade; part of the key of the sample's noise
 * @param seed the image's own seed
 * @param settings a value for every parameter of the bundle, already validated
 * @param inputs by the bundle's input names; an optional input may be missing
 */
public record SampleRequest(
    String stage, long seed, JsonNode settings, Map<String, StageValue> inputs) {
  public SampleRequest {
    inputs = Map.copyOf(inputs);
  }
}
