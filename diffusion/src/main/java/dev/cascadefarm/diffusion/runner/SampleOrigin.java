package dev.cascadefarm.diffusion.runner;

import dev.cascadefarm.diffusion.denoise.StepSettings;
import dev.cascadefarm.diffusion.denoise.Threshold;
import dev.cascadefarm.diffusion.sampler.SamplerTable;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * What decides a sample's rows, apart from its model and inputs; says it in words, for a
 * checkpoint. For one thread.
 */
final class SampleOrigin {
  private final String stage;
  private final long seed;
  private final String sampler;
  private final SamplerTable table;
  private final StepSettings step;
  private @Nullable Map<String, String> words;

  SampleOrigin(String stage, long seed, String sampler, SamplerTable table, StepSettings step) {
    this.stage = stage;
    this.seed = seed;
    this.sampler = sampler;
    this.table = table;
    this.step = step;
  }

  /** The sampler's options, the schedule and the timesteps are all in the table's hash. */
  Map<String, String> words() {
    if (words == null) {
      words = Map.copyOf(say());
    }
    return words;
  }

  private Map<String, String> say() {
    Map<String, String> said = new TreeMap<>();
    said.put("stage", stage);
    said.put("seed", Long.toString(seed));
    said.put("sampler", sampler);
    said.put("rows", Integer.toString(table.rows().size()));
    said.put("table", table.sha256());
    said.put("guidance", Double.toString(step.guidance()));
    said.put("lowres_time", Integer.toString(step.lowresTime()));
    Threshold threshold = step.threshold();
    said.put(
        "threshold",
        List.of(threshold.percentile(), threshold.floor(), threshold.cap(), threshold.divides())
            .toString());
    return said;
  }
}
