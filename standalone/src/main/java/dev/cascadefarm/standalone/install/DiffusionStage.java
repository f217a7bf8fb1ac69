package dev.cascadefarm.standalone.install;

import dev.cascadefarm.common.cascade.StageBundle;
import dev.cascadefarm.common.cascade.TensorSpec;
import dev.cascadefarm.diffusion.imagen.UnetConfig;
import dev.cascadefarm.diffusion.runner.BundleFiles;
import dev.cascadefarm.diffusion.runner.DiffusionConfig;
import dev.cascadefarm.diffusion.runner.TorchStageLoader;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * A stage that draws or enlarges.
 *
 * @param side of its pictures, in pixels
 * @param wordless whether a cascade may give it no caption
 */
public record DiffusionStage(
    UnetConfig unet,
    DiffusionConfig diffusion,
    int side,
    DiffusionParameters parameters,
    boolean wordless) {
  /** A stage that must have a caption. */
  public DiffusionStage(
      UnetConfig unet, DiffusionConfig diffusion, int side, DiffusionParameters parameters) {
    this(unet, diffusion, side, parameters, false);
  }

  /** Writes the bundle's files and, last, its description. Runs the model once. */
  public StageBundle write(BundleDraft draft, BundleFiles.Weights weights) {
    BundleFiles.writeDiffusion(draft.folder(), unet, diffusion, side, weights);
    Map<String, TensorSpec> inputs = new LinkedHashMap<>();
    inputs.put(BetweenStages.EMBEDS, BetweenStages.embeds(unet.textEmbedDim(), wordless));
    if (unet.lowresCond()) {
      inputs.put(BetweenStages.IMAGE, BetweenStages.anyImage());
    }
    return draft.seal(
        StageEnds.ofImage(inputs, Map.of(BetweenStages.IMAGE, BetweenStages.image(side)), side),
        StageModel.diffusing(
            TorchStageLoader.DIFFUSION_KIND,
            unet,
            diffusion,
            parameters.schema(diffusion.history())));
  }
}
