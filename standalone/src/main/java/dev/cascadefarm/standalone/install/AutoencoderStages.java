package dev.cascadefarm.standalone.install;

import com.fasterxml.jackson.databind.JsonNode;
import dev.cascadefarm.common.cascade.BundleId;
import dev.cascadefarm.common.cascade.BundleWriter;
import dev.cascadefarm.common.cascade.StageBundle;
import dev.cascadefarm.common.cascade.StageBundle.Per;
import dev.cascadefarm.common.cascade.TensorSpec;
import dev.cascadefarm.common.json.WireJson;
import dev.cascadefarm.diffusion.runner.BundleFiles;
import dev.cascadefarm.diffusion.runner.TorchStageLoader;
import dev.cascadefarm.diffusion.runner.VaeBundleFiles;
import dev.cascadefarm.diffusion.vae.AutoencoderConfig;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/**
 * The two stages of an autoencoder.
 *
 * @param file diffusers' own configuration
 * @param config the same, read
 * @param side of its pictures, in pixels
 */
public record AutoencoderStages(JsonNode file, AutoencoderConfig config, int side) {
  private static final String IMAGE = "image";

  /** Writes the stage that makes latents of pictures. Runs a model that is tried. */
  public void writeEncoder(Path folder, BundleId id, BundleFiles.Weights weights, Origin origin) {
    VaeBundleFiles.writeEncoder(folder, config, weights);
    Map<String, TensorSpec> inputs = Map.of(IMAGE, picture("h", "w"));
    seal(folder, id, new Ends(TorchStageLoader.VAE_ENCODER_KIND, inputs, latents()), origin);
  }

  /** Writes the stage that makes pictures of latents. Runs a model that is tried. */
  public void writeDecoder(Path folder, BundleId id, BundleFiles.Weights weights, Origin origin) {
    VaeBundleFiles.writeDecoder(folder, config, weights);
    String pixels = Integer.toString(side);
    Map<String, TensorSpec> outputs = Map.of(IMAGE, picture(pixels, pixels));
    seal(folder, id, new Ends(TorchStageLoader.VAE_DECODER_KIND, latents(), outputs), origin);
  }

  /** What tells the two apart. */
  private record Ends(
      String kind, Map<String, TensorSpec> inputs, Map<String, TensorSpec> outputs) {}

  private void seal(Path folder, BundleId id, Ends ends, Origin origin) {
    StageBundle draft =
        new StageBundle(
            id,
            ends.kind(),
            Per.IMAGE,
            ends.inputs(),
            ends.outputs(),
            side,
            1,
            TextStage.noSettings(),
            file,
            WireJson.object(),
            TextStage.PRECISION,
            Map.of(),
            origin.licence(),
            origin.provenance());
    BundleWriter.seal(folder, draft);
  }

  private Map<String, TensorSpec> latents() {
    String size = Integer.toString(side / config.reduction());
    String channels = Integer.toString(config.latentChannels());
    return Map.of(Latents.NAME, Latents.spec(List.of("1", channels, size, size), false));
  }

  private TensorSpec picture(String height, String width) {
    String channels = Integer.toString(config.outChannels());
    return new TensorSpec(IMAGE, "", List.of(channels, height, width));
  }
}
