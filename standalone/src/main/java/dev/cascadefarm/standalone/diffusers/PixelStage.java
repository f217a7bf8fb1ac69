package dev.cascadefarm.standalone.diffusers;

import dev.cascadefarm.common.cascade.TensorSpec;
import dev.cascadefarm.diffusion.imagen.LowresPicture;
import dev.cascadefarm.diffusion.runner.BundleFiles;
import dev.cascadefarm.diffusion.runner.DiffusionConfig;
import dev.cascadefarm.diffusion.runner.TorchStageLoader;
import dev.cascadefarm.diffusion.runner.Unet2dStageConfig;
import dev.cascadefarm.standalone.install.BetweenStages;
import dev.cascadefarm.standalone.install.BundleDraft;
import dev.cascadefarm.standalone.install.StageEnds;
import dev.cascadefarm.standalone.install.StageModel;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * A stage that draws pictures, or enlarges them, with a U-Net of diffusers.
 *
 * @param lowres how the picture to enlarge reaches the network
 * @param aug default noise level of that picture; negative for a stage that enlarges nothing
 * @param side of its pictures, in pixels
 */
record PixelStage(
    Unet2dStageConfig unet, PipelineSampling sampling, LowresPicture lowres, double aug, int side) {
  /** Writes the bundle. */
  void write(BundleDraft draft, BundleFiles.Weights weights) {
    DiffusionConfig diffusion = sampling.diffusion(lowres);
    BundleFiles.writeDiffusion(draft.folder(), unet, diffusion, side, weights);
    Map<String, TensorSpec> inputs = new LinkedHashMap<>();
    inputs.put(BetweenStages.EMBEDS, BetweenStages.embeds(unet.tokenWidth()));
    if (aug >= 0) {
      inputs.put(BetweenStages.IMAGE, BetweenStages.anyImage());
    }
    draft.seal(
        StageEnds.ofImage(inputs, Map.of(BetweenStages.IMAGE, BetweenStages.image(side)), side),
        StageModel.diffusing(
            TorchStageLoader.DIFFUSION_KIND, unet, diffusion, sampling.parameters(aug)));
  }
}
