package dev.cascadefarm.standalone.install;

import com.fasterxml.jackson.databind.JsonNode;
import dev.cascadefarm.common.cascade.TensorSpec;
import dev.cascadefarm.diffusion.runner.BundleFiles;
import dev.cascadefarm.diffusion.runner.TorchStageLoader;
import dev.cascadefarm.diffusion.runner.VaeBundleFiles;
import dev.cascadefarm.diffusion.vae.AutoencoderConfig;
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
  /** Writes the stage that makes latents of pictures. Runs a model that is tried. */
  public void writeEncoder(BundleDraft draft, BundleFiles.Weights weights) {
    VaeBundleFiles.writeEncoder(draft.folder(), config, weights);
    draft.seal(
        StageEnds.ofImage(picture("h", "w"), latents(), side),
        StageModel.of(TorchStageLoader.VAE_ENCODER_KIND, file));
  }

  /** Writes the stage that makes pictures of latents. Runs a model that is tried. */
  public void writeDecoder(BundleDraft draft, BundleFiles.Weights weights) {
    VaeBundleFiles.writeDecoder(draft.folder(), config, weights);
    String pixels = Integer.toString(side);
    draft.seal(
        StageEnds.ofImage(latents(), picture(pixels, pixels), side),
        StageModel.of(TorchStageLoader.VAE_DECODER_KIND, file));
  }

  private Map<String, TensorSpec> latents() {
    String size = Integer.toString(side / config.reduction());
    String channels = Integer.toString(config.latentChannels());
    List<String> shape = List.of("1", channels, size, size);
    return Map.of(BetweenStages.LATENTS, BetweenStages.tensors(shape, false));
  }

  private Map<String, TensorSpec> picture(String height, String width) {
    String channels = Integer.toString(config.outChannels());
    return Map.of(BetweenStages.IMAGE, BetweenStages.image(channels, height, width));
  }
}
