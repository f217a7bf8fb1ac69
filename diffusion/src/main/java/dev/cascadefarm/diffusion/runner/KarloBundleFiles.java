package dev.cascadefarm.diffusion.runner;

import dev.cascadefarm.diffusion.denoise.Predictor.Extent;
import dev.cascadefarm.diffusion.karlo.PriorTransformerConfig;
import dev.cascadefarm.diffusion.karlo.ProjectedDecoder;
import dev.cascadefarm.diffusion.karlo.TextProjectionConfig;
import dev.cascadefarm.diffusion.noise.CounterNoise;
import dev.cascadefarm.diffusion.runner.BundleFiles.Weights;
import dev.cascadefarm.diffusion.sampler.Rows;
import dev.cascadefarm.diffusion.stage.HostTensor;
import dev.cascadefarm.diffusion.stage.StageValue;
import dev.cascadefarm.diffusion.weights.TensorView;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;

/** Writes the files of bundles that are parts of a Karlo beside their descriptions. */
public final class KarloBundleFiles {
  private static final int SMALL_SIDE = 4;

  private KarloBundleFiles() {}

  /** A decoder's weights and its projection's, as one model's. */
  public static Weights decoderWeights(
      Map<String, TensorView> decoder, Map<String, TensorView> projection) {
    Map<String, TensorView> both = new LinkedHashMap<>();
    decoder.forEach((name, view) -> both.put(ProjectedDecoder.UNET + "." + name, view));
    projection.forEach((name, view) -> both.put(ProjectedDecoder.PROJECTION + "." + name, view));
    return Weights.of(both);
  }

  /** Writes the stage that makes embeddings. */
  public static void writePrior(
      Path folder, KarloPriorConfig stage, DiffusionConfig diffusion, Weights weights) {
    PriorTransformerConfig prior = stage.prior();
    StageValue caption = caption(prior.tokens(), prior.embedding(), prior.projection());
    BundleFiles.writeDiffusion(
        folder,
        DiffusionModel.of(stage, diffusion),
        weights,
        Map.of(CaptionTensors.EMBEDS, caption));
  }

  /**
   * Writes the stage that draws embeddings.
   *
   * @param side of its pictures, in pixels
   */
  public static void writeDecoder(
      Path folder, KarloDecoderConfig stage, DiffusionConfig diffusion, int side, Weights weights) {
    TextProjectionConfig projection = stage.projection();
    int width = projection.embedding();
    BundleFiles.writeDiffusion(
        folder,
        DiffusionModel.of(stage, diffusion, side),
        weights,
        Map.of(
            CaptionTensors.EMBEDS,
            caption(stage.maxTextLen(), width, width),
            ImageEmbedding.NAME,
            ImageEmbedding.of(noise("image", width))));
  }

  /**
   * Writes a stage that makes a share of the rows that enlarge a picture.
   *
   * @param side of its pictures, in pixels
   */
  public static void writeEnlarger(
      Path folder, Unet2dStageConfig stage, DiffusionConfig diffusion, int side, Weights weights) {
    DiffusionModel model = DiffusionModel.of(stage, diffusion, side);
    Extent extent = model.extent();
    float[] grey = new float[extent.channels() * SMALL_SIDE * SMALL_SIDE];
    Arrays.fill(grey, 0.5f);
    Map<String, StageValue> inputs = new HashMap<>();
    inputs.put(
        Pictures.IMAGE,
        new StageValue.Image(HostTensor.of(grey, extent.channels(), SMALL_SIDE, SMALL_SIDE)));
    if (diffusion.rows() == Rows.LAST) {
      inputs.put(NoisyPicture.NAME, NoisyPicture.of(noise("x", extent.size()), extent));
    }
    BundleFiles.writeDiffusion(folder, model, weights, inputs);
  }

  private static StageValue caption(int length, int width, int pooledWidth) {
    Map<String, HostTensor> caption = new HashMap<>(CaptionTensors.example(length, width));
    caption.put(
        CaptionTensors.pooled(CaptionTensors.PROMPT),
        HostTensor.of(noise("text", pooledWidth), 1, pooledWidth));
    return new StageValue.Tensors(caption);
  }

  private static float[] noise(String purpose, int count) {
    return new CounterNoise(1, "self-test", purpose).normals(0, count);
  }
}
