package dev.cascadefarm.diffusion.runner;

import dev.cascadefarm.diffusion.denoise.Predictor.Extent;
import dev.cascadefarm.diffusion.image.Resize;
import dev.cascadefarm.diffusion.stage.HostTensor;
import dev.cascadefarm.diffusion.stage.SampleRequest;
import dev.cascadefarm.diffusion.stage.StageValue;
import dev.cascadefarm.diffusion.unclip.Embeddings;
import java.util.Map;
import java.util.Optional;

/** What a diffusion stage draws. */
enum Medium {
  /** Pictures in [-1, 1]. */
  PICTURE {
    @Override
    Optional<float[]> start(SampleRequest request, Extent extent) {
      if (!request.inputs().containsKey(Pictures.IMAGE)) {
        return Optional.empty();
      }
      HostTensor picture = Pictures.read(request, extent.channels());
      return Optional.of(Pictures.centred(Resize.within(picture, extent.height())).data());
    }

    @Override
    Map<String, StageValue> outputs(float[] x, Extent extent) {
      return Map.of(Pictures.IMAGE, new StageValue.Image(Pictures.of(x, extent)));
    }

    @Override
    Optional<HostTensor> preview(float[] x0, Extent extent) {
      return Optional.of(Pictures.of(x0, extent));
    }
  },

  /** Embeddings of pictures, a number a channel; they leave with length √D. */
  EMBEDDING {
    @Override
    Map<String, StageValue> outputs(float[] x, Extent extent) {
      return Map.of(ImageEmbedding.NAME, ImageEmbedding.of(Embeddings.scaled(x)));
    }
  },

  /** Embeddings that leave as they are. */
  FINISHED_EMBEDDING {
    @Override
    Map<String, StageValue> outputs(float[] x, Extent extent) {
      return Map.of(ImageEmbedding.NAME, ImageEmbedding.of(x));
    }
  },

  /** Latents of about unit variance. */
  LATENTS {
    @Override
    Optional<float[]> start(SampleRequest request, Extent extent) {
      return request.inputs().containsKey(Latents.LATENTS)
          ? Optional.of(Latents.read(request, extent).data())
          : Optional.empty();
    }

    @Override
    Map<String, StageValue> outputs(float[] x, Extent extent) {
      return Map.of(
          Latents.LATENTS,
          Latents.of(HostTensor.of(x, 1, extent.channels(), extent.height(), extent.width())));
    }

    /** Three of its channels as red, green and blue; three deviations reach black and white. */
    @Override
    Optional<HostTensor> preview(float[] x0, Extent extent) {
      if (extent.channels() < COLOURS) {
        return Optional.empty();
      }
      Extent shown = new Extent(COLOURS, extent.height(), extent.width());
      float[] picture = new float[shown.size()];
      for (int i = 0; i < picture.length; i++) {
        picture[i] = x0[i] / SHOWN_DEVIATIONS;
      }
      return Optional.of(Pictures.of(picture, shown));
    }
  };

  private static final int COLOURS = 3;
  private static final float SHOWN_DEVIATIONS = 3;

  /** What a network draws that can draw both. */
  static Medium of(boolean latents) {
    return latents ? LATENTS : PICTURE;
  }

  /**
   * The clean x that a run starts from instead of noise; absent where the task brings none.
   *
   * @throws dev.cascadefarm.diffusion.stage.InvalidSampleException if it cannot be used
   */
  Optional<float[]> start(SampleRequest request, Extent extent) {
    return Optional.empty();
  }

  /** The stage's outputs for a finished x. */
  abstract Map<String, StageValue> outputs(float[] x, Extent extent);

  /** What a person may look at, of a predicted x₀; absent where there is nothing to see. */
  Optional<HostTensor> preview(float[] x0, Extent extent) {
    return Optional.empty();
  }
}
