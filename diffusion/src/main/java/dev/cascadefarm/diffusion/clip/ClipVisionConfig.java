package dev.cascadefarm.diffusion.clip;

/**
 * Architecture of a {@link ClipVisionEncoder}, in the words of CLIP's own {@code config.json}.
 *
 * @param hiddenSize width of an embedding
 * @param intermediateSize hidden width of the feed-forward layers
 * @param numHiddenLayers blocks
 * @param numAttentionHeads heads of every attention; divides {@code hiddenSize}
 * @param numChannels of a picture
 * @param imageSize side of a picture, in pixels
 * @param patchSize side of a patch, in pixels; what is left at the right and the bottom is not seen
 * @param hiddenAct {@code quick_gelu} or {@code gelu}
 * @param layerNormEps keeps the norms from dividing by zero
 * @param projectionDim width of a picture's embedding
 */
public record ClipVisionConfig(
    int hiddenSize,
    int intermediateSize,
    int numHiddenLayers,
    int numAttentionHeads,
    int numChannels,
    int imageSize,
    int patchSize,
    String hiddenAct,
    double layerNormEps,
    int projectionDim)
    implements ClipConfig {
  private static final int LARGEST_SIDE = 4096;

  public ClipVisionConfig {
    ClipConfig.atLeastOne("num_channels", numChannels);
    ClipConfig.require(
        "image_size",
        imageSize,
        imageSize >= 1 && imageSize <= LARGEST_SIDE,
        "1 to " + LARGEST_SIDE);
    ClipConfig.require(
        "patch_size",
        patchSize,
        patchSize >= 1 && patchSize <= imageSize,
        "1 to image_size, " + imageSize);
    ClipConfig.atLeastOne("projection_dim", projectionDim);
    ClipConfig.requireSizes(hiddenSize, intermediateSize, numHiddenLayers, numAttentionHeads);
    ClipConfig.requireArithmetic(hiddenAct, layerNormEps);
  }

  /** Patches of a picture. */
  long patches() {
    long side = imageSize / patchSize;
    return side * side;
  }
}
