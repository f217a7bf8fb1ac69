package dev.cascadefarm.standalone.diffusers;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.cascadefarm.common.json.WireJson;
import dev.cascadefarm.diffusion.imagen.LowresPicture;
import dev.cascadefarm.diffusion.runner.DiffusionConfig;
import dev.cascadefarm.diffusion.sampler.Sampler;
import dev.cascadefarm.diffusion.scheduler.SchedulerConfig;
import dev.cascadefarm.diffusion.scheduler.Thresholding;
import dev.cascadefarm.standalone.install.DiffusionParameters;
import dev.cascadefarm.standalone.install.DiffusionParameters.DynamicThreshold;

/**
 * How a pipeline samples where a job says nothing.
 *
 * @param thresholding the pipeline's, which need not be the scheduler's
 * @param stepsOffset the same
 * @param steps of the sampler
 * @param guidance weight of the caption
 */
record PipelineSampling(
    SchedulerConfig scheduler,
    Thresholding thresholding,
    int stepsOffset,
    int steps,
    double guidance) {
  /** A pipeline that does what its scheduler's file says. */
  static PipelineSampling asSaid(SchedulerConfig scheduler, int steps, double guidance) {
    return new PipelineSampling(
        scheduler, scheduler.thresholding(), scheduler.options().stepsOffset(), steps, guidance);
  }

  /** How the network was trained. */
  DiffusionConfig diffusion(LowresPicture lowres) {
    return new DiffusionConfig(
        scheduler.schedule(),
        scheduler.timesteps(),
        scheduler.objective(),
        Math.max(Sampler.USUAL_HISTORY, scheduler.history()),
        lowres,
        scheduler.options().habits());
  }

  /**
   * The settings that a job may give.
   *
   * @param aug default noise level of the small picture, or {@link
   *     DiffusionParameters#NO_SMALL_PICTURE}
   */
  ObjectNode parameters(double aug) {
    ObjectNode schema =
        new DiffusionParameters(
                scheduler.sampler(),
                Math.min(steps, scheduler.timesteps()),
                scheduler.timesteps(),
                guidance,
                new DynamicThreshold(thresholding.percentile(), thresholding.limit()),
                aug)
            .schema(diffusion(LowresPicture.AS_TRAINED).history());
    JsonNode kind = WireJson.MAPPER.valueToTree(thresholding.kind());
    initially(schema, "threshold", kind);
    initially(schema, "spacing", schema.textNode(scheduler.options().spacing().word()));
    initially(schema, "steps_offset", schema.numberNode(stepsOffset));
    return schema;
  }

  private static void initially(ObjectNode schema, String setting, JsonNode value) {
    schema.withObject("properties").withObject(setting).set("default", value);
  }
}
