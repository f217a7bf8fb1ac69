package dev.cascadefarm.diffusion.train;

import dev.cascadefarm.diffusion.denoise.DenoisingLoss;
import dev.cascadefarm.diffusion.denoise.Predictor;
import dev.cascadefarm.diffusion.stage.HostTensor;
import dev.cascadefarm.diffusion.train.CaptionEncoder.Encoded;
import dev.cascadefarm.diffusion.vae.LatentEncoder;
import java.util.ArrayList;
import java.util.List;

/**
 * Teaches a network to draw latents from captions, with the text encoder and the autoencoder
 * frozen. A caption that is left out is embedded as zeros.
 */
public final class LatentTask extends DenoisingTask {
  private final Frozen frozen;
  private final PictureTensors pictures;

  /**
   * What is not taught any more.
   *
   * @param captions stays open
   * @param pictures stays open
   */
  public record Frozen(CaptionEncoder captions, LatentEncoder pictures) {}

  /**
   * Prepares the task.
   *
   * @param predictor of latents; hears a caption's embeddings and nothing else
   * @param data with frames of whole pictures
   */
  public LatentTask(
      Predictor predictor, StageData data, Frozen frozen, DiffusionTraining training) {
    super(new DenoisingLoss(predictor, training.loss()), data, training);
    this.frozen = frozen;
    this.pictures = PictureTensors.of(data);
  }

  @Override
  List<HostTensor> tensors(Shown shown, NoisedBatches noised) {
    long number = shown.number();
    HostTensor latents =
        frozen
            .pictures()
            .encode(pictures.whole(shown), count -> noised.normals("latent", number, count));
    Encoded captions = frozen.captions().encode(shown.captions());
    List<HostTensor> tensors = new ArrayList<>(noised.noised(number, latents));
    tensors.add(kept(captions.embeds(), noised.keep(number, shown.indices().length)));
    return tensors;
  }

  /** Zeros instead of what is not kept. */
  private static HostTensor kept(HostTensor embeds, HostTensor keep) {
    float[] kept = embeds.data().clone();
    int each = kept.length / keep.data().length;
    for (int i = 0; i < kept.length; i++) {
      kept[i] *= keep.data()[i / each];
    }
    return new HostTensor(embeds.shape(), kept);
  }
}
