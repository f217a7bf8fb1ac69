package dev.cascadefarm.standalone.install;

import dev.cascadefarm.common.cascade.StageBundle.Per;
import dev.cascadefarm.common.cascade.TensorSpec;
import java.util.Map;

/**
 * What a stage is between others.
 *
 * @param per how many tasks it has in one job
 * @param inputs what it takes, by name
 * @param outputs what it hands on, by name
 * @param side of its pictures, or of its latents; 0 if it has none
 */
public record StageEnds(
    Per per, Map<String, TensorSpec> inputs, Map<String, TensorSpec> outputs, int side) {
  public StageEnds {
    inputs = Map.copyOf(inputs);
    outputs = Map.copyOf(outputs);
  }

  /** Of a stage that runs once for a job. */
  public static StageEnds ofJob(Map<String, TensorSpec> inputs, Map<String, TensorSpec> outputs) {
    return new StageEnds(Per.JOB, inputs, outputs, 0);
  }

  /** Of a stage that runs for each image and draws none. */
  public static StageEnds ofImage(Map<String, TensorSpec> inputs, Map<String, TensorSpec> outputs) {
    return ofImage(inputs, outputs, 0);
  }

  /** Of a stage that runs for each image. */
  public static StageEnds ofImage(
      Map<String, TensorSpec> inputs, Map<String, TensorSpec> outputs, int side) {
    return new StageEnds(Per.IMAGE, inputs, outputs, side);
  }
}
