package dev.cascadefarm.standalone.install;

import dev.cascadefarm.common.cascade.BundleId;
import dev.cascadefarm.common.cascade.BundleWriter;
import dev.cascadefarm.common.cascade.StageBundle;
import dev.cascadefarm.common.cascade.StageBundle.Per;
import dev.cascadefarm.common.cascade.TensorSpec;
import dev.cascadefarm.common.json.WireJson;
import dev.cascadefarm.diffusion.imagen.UnetConfig;
import dev.cascadefarm.diffusion.runner.BundleFiles;
import dev.cascadefarm.diffusion.runner.DiffusionConfig;
import dev.cascadefarm.diffusion.runner.TorchStageLoader;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
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
  public StageBundle write(Path folder, BundleId id, BundleFiles.Weights weights, Origin origin) {
    BundleFiles.writeDiffusion(folder, unet, diffusion, side, weights);
    Map<String, TensorSpec> inputs = new LinkedHashMap<>();
    inputs.put("embeds", TextStage.embeds(unet.textEmbedDim(), wordless));
    if (unet.lowresCond()) {
      inputs.put("image", image("h", "w"));
    }
    String pixels = Integer.toString(side);
    StageBundle draft =
        new StageBundle(
            id,
            TorchStageLoader.DIFFUSION_KIND,
            Per.IMAGE,
            inputs,
            Map.of("image", image(pixels, pixels)),
            side,
            1,
            parameters.schema(diffusion.history()),
            WireJson.MAPPER.valueToTree(unet),
            WireJson.MAPPER.valueToTree(diffusion),
            TextStage.PRECISION,
            Map.of(),
            origin.licence(),
            origin.provenance());
    return BundleWriter.seal(folder, draft);
  }

  /** A picture between stages. */
  public static TensorSpec image(String height, String width) {
    return new TensorSpec("image", "", List.of("3", height, width));
  }
}
