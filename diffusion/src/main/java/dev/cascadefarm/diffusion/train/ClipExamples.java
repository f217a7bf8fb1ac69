package dev.cascadefarm.diffusion.train;

import dev.cascadefarm.diffusion.check.Check;
import dev.cascadefarm.diffusion.data.CaptionedPictures;
import dev.cascadefarm.diffusion.noise.CounterNoise;
import dev.cascadefarm.diffusion.stage.HostTensor;
import dev.cascadefarm.diffusion.train.StageData.Frame;
import dev.cascadefarm.diffusion.unclip.ClipConfig;
import java.util.List;

/** Embeddings of captioned pictures. Lives on the engine thread. */
final class ClipExamples {
  private final ClipEncoder encoder;
  private final PictureTensors tensors;

  /**
   * Prepares to encode.
   *
   * @param encoder stays open
   */
  ClipExamples(ClipEncoder encoder) {
    int side = encoder.config().side();
    this.encoder = encoder;
    this.tensors =
        new PictureTensors(new Frame(side, 0, side), new CounterNoise(0, "train", "crop"));
  }

  /**
   * Checks that a model reads what a CLIP writes.
   *
   * @throws IllegalArgumentException naming what does not fit
   */
  static void requireFit(ClipConfig clip, int latentDim, int textWidth, int maxTextLen) {
    Check.require(clip.channels() == 3, "channels", clip.channels(), "3");
    Check.require(clip.latentDim() == latentDim, "latent_dim", latentDim, "" + clip.latentDim());
    int width = clip.text().width();
    Check.require(width == textWidth, "text_width", textWidth, "" + width);
    Check.require(
        clip.maxTextLen() == maxTextLen, "max_text_len", maxTextLen, "" + clip.maxTextLen());
  }

  /** Embeddings of pictures {@code (B, D)}. */
  HostTensor pictures(CaptionedPictures source, long[] indices) {
    int side = encoder.config().side();
    return encoder.pictures(tensors.of(source, indices, 0, side).pictures());
  }

  ClipEncoder.Captions captions(List<String> captions) {
    return encoder.captions(captions);
  }
}
