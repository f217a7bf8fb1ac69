package dev.cascadefarm.standalone.install;

import com.fasterxml.jackson.databind.JsonNode;
import dev.cascadefarm.common.cascade.BundleId;
import dev.cascadefarm.common.cascade.BundleWriter;
import dev.cascadefarm.common.cascade.StageBundle;
import dev.cascadefarm.common.cascade.StageBundle.Per;
import dev.cascadefarm.common.json.WireJson;
import dev.cascadefarm.diffusion.runner.BundleFiles;
import dev.cascadefarm.diffusion.runner.DiffusionConfig;
import dev.cascadefarm.diffusion.runner.TorchStageLoader;
import dev.cascadefarm.diffusion.runner.Unet2dStageConfig;
import java.nio.file.Path;
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
  public void write(Path folder, BundleId id, BundleFiles.Weights weights, Origin origin) {
    BundleFiles.writeDiffusion(folder, unet, diffusion, side, weights);
    String size = Integer.toString(side);
    List<String> shape = List.of("1", Integer.toString(unet.channels()), size, size);
    StageBundle draft =
        new StageBundle(
            id,
            TorchStageLoader.DIFFUSION_KIND,
            Per.IMAGE,
            Map.of(
                "embeds",
                TextStage.embeds(unet.tokenWidth(), false),
                Latents.NAME,
                Latents.spec(shape, true)),
            Map.of(Latents.NAME, Latents.spec(shape, false)),
            side,
            1,
            parameters,
            WireJson.MAPPER.valueToTree(unet),
            WireJson.MAPPER.valueToTree(diffusion),
            TextStage.PRECISION,
            Map.of(),
            origin.licence(),
            origin.provenance());
    BundleWriter.seal(folder, draft);
  }
}
