package dev.cascadefarm.common.job;

import dev.cascadefarm.common.cascade.BundleId;
import dev.cascadefarm.common.cascade.StageBundle;
import java.util.List;
import java.util.Map;

/**
 * One stage of a job as pinned at submission.
 *
 * @param bundle tasks of this stage queue for this bundle
 * @param digest SHA-256 (hex) of the bundle's {@code stage.json}
 * @param inputs where each input comes from, as in the cascade
 * @param after stages whose tasks must be complete first
 */
public record PlannedStage(
    String name,
    BundleId bundle,
    String digest,
    StageBundle.Per per,
    Map<String, String> inputs,
    List<String> after) {
  public PlannedStage {
    inputs = Map.copyOf(inputs);
    after = List.copyOf(after);
  }
}
