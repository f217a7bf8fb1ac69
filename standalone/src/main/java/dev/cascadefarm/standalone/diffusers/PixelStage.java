package dev.cascadefarm.standalone.diffusers;

import dev.cascadefarm.common.cascade.BundleId;
import dev.cascadefarm.common.cascade.BundleWriter;
import dev.cascadefarm.common.cascade.StageBundle;
import dev.cascadefarm.common.cascade.StageBundle.Per;
import dev.cascadefarm.common.cascade.TensorSpec;
import dev.cascadefarm.common.json.WireJson;
import dev.cascadefarm.diffusion.imagen.LowresPicture;
import dev.cascadefarm.diffusion.runner.BundleFiles;
import dev.cascadefarm.diffusion.runner.DiffusionConfig;
import dev.cascadefarm.diffusion.runner.TorchStageLoader;
import dev.cascadefarm.diffusion.runner.Unet2dStageConfig;
import dev.cascadefarm.standalone.install.DiffusionStage;
import dev.cascadefarm.standalone.install.Origin;
import dev.cascadefarm.standalone.install.TextStage;
import java.nio.file.Path;
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
  void write(Path folder, BundleId id, BundleFiles.Weights weights, Origin origin) {
    DiffusionConfig diffusion = sampling.diffusion(lowres);
    BundleFiles.writeDiffusion(folder, unet, diffusion, side, weights);
    Map<String, TensorSpec> inputs = new LinkedHashMap<>();
    inputs.put("embeds", TextStage.embeds(unet.tokenWidth(), false));
    if (aug >= 0) {
      inputs.put("image", DiffusionStage.image("h", "w"));
    }
    String pixels = Integer.toString(side);
    StageBundle draft =
        new StageBundle(
            id,
            TorchStageLoader.DIFFUSION_KIND,
            Per.IMAGE,
            inputs,
            Map.of("image", DiffusionStage.image(pixels, pixels)),
            side,
            1,
            sampling.parameters(aug),
            WireJson.MAPPER.valueToTree(unet),
            WireJson.MAPPER.valueToTree(diffusion),
            TextStage.PRECISION,
            Map.of(),
            origin.licence(),
            origin.provenance());
    BundleWriter.seal(folder, draft);
  }
}
