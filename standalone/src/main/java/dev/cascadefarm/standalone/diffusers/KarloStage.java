package dev.cascadefarm.standalone.diffusers;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.cascadefarm.common.cascade.TensorSpec;
import dev.cascadefarm.diffusion.scheduler.Thresholding;
import dev.cascadefarm.standalone.install.BetweenStages;
import dev.cascadefarm.standalone.install.DiffusionParameters;
import java.util.List;

/** What only the stages of Karlo's kind have. */
final class KarloStage {
  static final String NOISY_IMAGE = "noisy_image";

  private KarloStage() {}

  /** A picture that one row is missing of. */
  static TensorSpec noisyPicture(int side) {
    String pixels = Integer.toString(side);
    return BetweenStages.tensors(
        List.of("1", Integer.toString(KarloPipeline.RGB), pixels, pixels), false);
  }

  /**
   * The settings that a job may give a stage that samples as its pipeline does, where it says
   * nothing else.
   */
  static ObjectNode parameters(PipelineSampling sampling) {
    ObjectNode schema = sampling.parameters(DiffusionParameters.NO_SMALL_PICTURE);
    Thresholding thresholding = sampling.thresholding();
    double range = thresholding.kind() == Thresholding.Kind.STATIC ? thresholding.limit() : 1;
    DiffusionParameters.clipOnly(schema, range);
    return schema;
  }
}
