package dev.cascadefarm.standalone.install;

import com.fasterxml.jackson.databind.JsonNode;
import dev.cascadefarm.diffusion.runner.BundleFiles;
import dev.cascadefarm.diffusion.runner.DiffusionConfig;
import dev.cascadefarm.diffusion.runner.TorchStageLoader;
import dev.cascadefarm.diffusion.runner.Unet2dStageConfig;
import java.util.List;
import java.util.Map;

/**
 * A stage that draws latents, from noise or from a picture's latents.
 *
 * @param side of the latents
 * @param parameters that a job may give, as JSON Schema
 */
public record LatentDiffusion(
    Unet2dStageConfig unet, DiffusionConfig diffusion, int side, JsonNode parameters) {
  /** Writes the bundle's files and, last, its description. Runs a model that is tried. */
  public void write(BundleDraft draft, BundleFiles.Weights weights) {
    BundleFiles.writeDiffusion(draft.folder(), unet, diffusion, side, weights);
    String size = Integer.toString(side);
    List<String> shape = List.of("1", Integer.toString(unet.channels()), size, size);
    draft.seal(
        StageEnds.ofImage(
            Map.of(
                BetweenStages.EMBEDS,
                BetweenStages.embeds(unet.tokenWidth()),
                BetweenStages.LATENTS,
                BetweenStages.tensors(shape, true)),
            Map.of(BetweenStages.LATENTS, BetweenStages.tensors(shape, false)),
            side),
        StageModel.diffusing(TorchStageLoader.DIFFUSION_KIND, unet, diffusion, parameters));
  }
}
