package dev.cascadefarm.diffusion.minimagen;

import dev.cascadefarm.diffusion.imagen.UnetConfig;

/** MinImagen's arguments of a U-Net in our configuration's words, and back. */
final class UnetMapping {
  /** Has MinImagen's constants, which are no arguments there. */
  private static final UnetConfig DEFAULTS = UnetConfig.builder().build();

  private UnetMapping() {}

  /**
   * The U-Net that {@code Imagen} makes of the arguments: the first draws, all others enlarge, and
   * channels and text width are {@code Imagen}'s, whatever the U-Net's own say.
   *
   * @param index of the U-Net, from 0
   * @throws IllegalArgumentException naming an impossible argument
   */
  static UnetConfig config(UnetArguments unet, ImagenArguments imagen, int index) {
    return new UnetConfig(
        unet.dim(),
        unet.dimMults(),
        imagen.channels(),
        imagen.channels(),
        unet.condDim() == null ? unet.dim() : unet.condDim(),
        imagen.textWidth(),
        unet.numResnetBlocks(),
        unet.layerAttns(),
        unet.layerCrossAttns(),
        unet.attnHeads(),
        index > 0,
        unet.memoryEfficient(),
        unet.attendAtMiddle(),
        DEFAULTS.maxTextLen(),
        DEFAULTS.attnDimHead(),
        DEFAULTS.patchSize());
  }

  /**
   * Arguments that make MinImagen build the same U-Net.
   *
   * @throws TrainingDirectoryException if it cannot
   */
  static UnetArguments arguments(UnetConfig unet) {
    requireConstant("max_text_len", unet.maxTextLen(), DEFAULTS.maxTextLen());
    requireConstant("attn_dim_head", unet.attnDimHead(), DEFAULTS.attnDimHead());
    requireConstant("patch_size", unet.patchSize(), DEFAULTS.patchSize());
    return new UnetArguments(
        unet.dim(),
        unet.dimMults(),
        unet.channels(),
        unet.channelsOut(),
        unet.condDim(),
        unet.textEmbedDim(),
        unet.numResnetBlocks(),
        unet.layerAttns(),
        unet.layerCrossAttns(),
        unet.attnHeads(),
        unet.lowresCond(),
        unet.memoryEfficient(),
        unet.attendAtMiddle());
  }

  private static void requireConstant(String name, int value, int constant) {
    if (value != constant) {
      throw new TrainingDirectoryException(
          "%s: %d (expected: %d, a constant of MinImagen)".formatted(name, value, constant));
    }
  }
}
