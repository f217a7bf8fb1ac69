package dev.cascadefarm.diffusion.runner;

import com.fasterxml.jackson.databind.JsonNode;
import dev.cascadefarm.diffusion.karlo.TextProjectionConfig;
import dev.cascadefarm.diffusion.unet2d.Unet2dConfig;
import java.nio.charset.StandardCharsets;

/**
 * The model section of a stage whose decoder is diffusers'.
 *
 * @param unet2d diffusers' own configuration of the U-Net
 * @param textProj that of the projection
 * @param maxTextLen tokens of a caption
 */
public record KarloDecoderConfig(JsonNode unet2d, JsonNode textProj, int maxTextLen) {
  Unet2dConfig unet() {
    return Unet2dConfig.parse(bytes(unet2d), "unet2d");
  }

  TextProjectionConfig projection() {
    return TextProjectionConfig.parse(bytes(textProj), "text_proj");
  }

  private static byte[] bytes(JsonNode section) {
    return section.toString().getBytes(StandardCharsets.UTF_8);
  }
}
