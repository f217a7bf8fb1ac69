package dev.cascadefarm.diffusion.clip;

/**
 * A CLIP's vision model as a stage runs it.
 *
 * @param clip architecture
 * @param preprocessing of a picture; gives pictures of the size that the model takes
 */
public record ClipVisionStageConfig(ClipVisionConfig clip, ClipPreprocessing preprocessing) {
  public ClipVisionStageConfig {
    ClipConfig.require("num_channels", clip.numChannels(), clip.numChannels() == 3, "3");
    ClipConfig.require(
        "crop_size",
        preprocessing.cropSize(),
        preprocessing.cropSize() == clip.imageSize(),
        "image_size, " + clip.imageSize());
  }
}
