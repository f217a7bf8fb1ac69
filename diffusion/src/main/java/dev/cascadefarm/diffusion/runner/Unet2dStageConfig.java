package dev.cascadefarm.diffusion.runner;

import com.fasterxml.jackson.databind.JsonNode;
import dev.cascadefarm.diffusion.unet2d.Unet2dConfig;
import java.nio.charset.StandardCharsets;

/**
 * The model section of a stage whose network is one of diffusers'.
 *
 * @param unet2d diffusers' own configuration of the network
 * @param channels of what is drawn
 * @param maxTextLen tokens of a caption; 0 for a network that takes none
 * @param latents whether latents are drawn, not pictures
 */
public record Unet2dStageConfig(JsonNode unet2d, int channels, int maxTextLen, boolean latents) {
  /** How wide a token's encoding must be. */
  public int tokenWidth() {
    return unet().tokenWidth();
  }

  Unet2dConfig unet() {
    return Unet2dConfig.parse(unet2d.toString().getBytes(StandardCharsets.UTF_8), "unet2d");
  }
}
