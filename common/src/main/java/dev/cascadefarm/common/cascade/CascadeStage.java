package dev.cascadefarm.common.cascade;

import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/**
 * A named place in a cascade.
 *
 * @param name unique in the cascade, {@code [a-z0-9-]{1,32}}
 * @param bundle the bundle that fills it
 * @param inputs where each input of the bundle comes from: {@code request.FIELD} or {@code
 *     STAGE.OUTPUT}
 */
public record CascadeStage(String name, BundleId bundle, Map<String, String> inputs) {
  public CascadeStage {
    inputs = Map.copyOf(inputs);
    if (!name.matches("[a-z0-9-]{1,32}") || name.equals(RequestField.REQUEST)) {
      throw new InvalidCatalogueException(
          "stage: " + name + " (expected: 1 to 32 of a-z, 0-9 and -, not \"request\")");
    }
  }

  /** Whether an input of this stage is that field of the request. */
  public boolean takesRequest(RequestField field) {
    return inputs.containsValue(field.source());
  }

  /** Names of the stages whose outputs this one takes, sorted. */
  public Set<String> predecessors() {
    Set<String> stages = new TreeSet<>();
    for (String source : inputs.values()) {
      if (!RequestField.isSource(source)) {
        stages.add(source.substring(0, source.indexOf('.')));
      }
    }
    return stages;
  }
}
