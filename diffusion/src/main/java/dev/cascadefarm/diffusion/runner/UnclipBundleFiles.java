package dev.cascadefarm.diffusion.runner;

import dev.cascadefarm.diffusion.engine.TorchModule.Input;
import dev.cascadefarm.diffusion.graph.Graph;
import dev.cascadefarm.diffusion.noise.CounterNoise;
import dev.cascadefarm.diffusion.runner.BundleFiles.Weights;
import dev.cascadefarm.diffusion.stage.HostTensor;
import dev.cascadefarm.diffusion.stage.StageValue;
import dev.cascadefarm.diffusion.unclip.Clip;
import dev.cascadefarm.diffusion.unclip.ClipConfig;
import dev.cascadefarm.diffusion.unclip.DecoderConfig;
import dev.cascadefarm.diffusion.unclip.Embeddings;
import dev.cascadefarm.diffusion.unclip.PriorConfig;
import dev.cascadefarm.diffusion.weights.ElementType;
import java.io.IOException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Writes the files of an unCLIP's bundles beside their descriptions. A CLIP becomes two, in fp16.
 */
public final class UnclipBundleFiles {
  private UnclipBundleFiles() {}

  /**
   * Writes the stage that encodes captions.
   *
   * @param weights of the whole CLIP
   * @param words it knows
   */
  public static void writeText(
      Path folder, ClipConfig config, Map<String, HostTensor> weights, List<String> words)
      throws IOException {
    List<Input> example = BundleFiles.writeWords(folder, words, config.maxTextLen());
    Graph graph = new Clip(config).textGraph();
    BundleFiles.writeWeights(
        folder, graph, half(graph, weights), Map.of(Clip.ENCODE_TEXT, example));
  }

  /**
   * Writes the stage that embeds pictures.
   *
   * @param weights of the whole CLIP
   */
  public static void writeImage(Path folder, ClipConfig config, Map<String, HostTensor> weights) {
    int side = config.side();
    HostTensor picture =
        HostTensor.of(
            noise("pixels", config.channels() * side * side), 1, config.channels(), side, side);
    Graph graph = new Clip(config).imageGraph();
    BundleFiles.writeWeights(
        folder,
        graph,
        half(graph, weights),
        Map.of(Clip.ENCODE_IMAGE, List.of(new Input.Floats(picture))));
  }

  private static Weights half(Graph part, Map<String, HostTensor> whole) {
    return new Weights(Clip.part(part, whole), ElementType.F16);
  }

  /** Writes the stage that makes embeddings. */
  public static void writePrior(
      Path folder, PriorConfig prior, DiffusionConfig diffusion, Weights weights) {
    Map<String, HostTensor> caption =
        new HashMap<>(CaptionTensors.example(prior.maxTextLen(), prior.textWidth()));
    caption.put(
        CaptionTensors.pooled(CaptionTensors.PROMPT),
        HostTensor.of(embedding("text", prior.latentDim()), 1, prior.latentDim()));
    BundleFiles.writeDiffusion(
        folder,
        DiffusionModel.of(prior, diffusion),
        weights,
        Map.of(CaptionTensors.EMBEDS, new StageValue.Tensors(caption)));
  }

  /**
   * Writes the stage that draws embeddings.
   *
   * @param side of its pictures, in pixels
   */
  public static void writeDecoder(
      Path folder, DecoderConfig decoder, DiffusionConfig diffusion, int side, Weights weights) {
    Map<String, HostTensor> caption =
        CaptionTensors.example(decoder.maxTextLen(), decoder.textWidth());
    BundleFiles.writeDiffusion(
        folder,
        DiffusionModel.of(decoder, diffusion, side),
        weights,
        Map.of(
            CaptionTensors.EMBEDS,
            new StageValue.Tensors(caption),
            ImageEmbedding.NAME,
            ImageEmbedding.of(embedding("image", decoder.latentDim()))));
  }

  private static float[] embedding(String purpose, int latentDim) {
    return Embeddings.scaled(noise(purpose, latentDim));
  }

  private static float[] noise(String purpose, int count) {
    return new CounterNoise(1, "self-test", purpose).normals(0, count);
  }
}
