package dev.cascadefarm.diffusion.runner;

import dev.cascadefarm.diffusion.clip.ClipTextConfig;
import dev.cascadefarm.diffusion.clip.ClipTextEncoder;
import dev.cascadefarm.diffusion.clip.ClipTextFolder;
import dev.cascadefarm.diffusion.clip.ClipTextStageConfig;
import dev.cascadefarm.diffusion.clip.ClipTokenizer;
import dev.cascadefarm.diffusion.clip.ClipTokenizerFolder;
import dev.cascadefarm.diffusion.clip.ClipVisionConfig;
import dev.cascadefarm.diffusion.clip.ClipVisionEncoder;
import dev.cascadefarm.diffusion.clip.ClipVisionFolder;
import dev.cascadefarm.diffusion.clip.ClipVisionStageConfig;
import dev.cascadefarm.diffusion.engine.TorchModule.Input;
import dev.cascadefarm.diffusion.graph.Graph;
import dev.cascadefarm.diffusion.noise.CounterNoise;
import dev.cascadefarm.diffusion.stage.HostTensor;
import dev.cascadefarm.diffusion.weights.AtomicFiles;
import dev.cascadefarm.diffusion.weights.Initialization;
import dev.cascadefarm.diffusion.weights.TensorView;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/**
 * Writes the files of a CLIP's bundle beside its description. Weights stay fp16 if all of them are;
 * otherwise they become float32.
 */
public final class ClipBundleFiles {
  private ClipBundleFiles() {}

  /**
   * Writes a text stage of a CLIP.
   *
   * @return the stage's model section
   */
  public static ClipTextStageConfig writeText(Path folder, ClipTextFolder source) {
    ClipTextConfig clip = source.config();
    ClipTokenizerFolder.Content tokens = source.tokens(clip);
    ClipTextStageConfig config =
        new ClipTextStageConfig(clip, tokens.maxLength(), tokens.padding());
    Graph graph = new ClipTextEncoder(clip).graph();
    BundleFiles.Weights weights = weights(graph, source.weights(), source.model());
    Path file = folder.resolve(TorchStageLoader.TOKENIZER);
    AtomicFiles.write(file, tokens.json());
    try (ClipTokenizer tokenizer =
        ClipTokenizer.load(file, config.maxTextLen(), config.padTokenId())) {
      config.requireEnd(tokenizer);
      long[] ids = tokenizer.encode(BundleFiles.EXAMPLE).ids();
      Input input = new Input.Longs(new long[] {1, ids.length}, ids);
      BundleFiles.writeWeights(
          folder, graph, weights, Map.of(ClipTextEncoder.ENCODE, List.of(input)));
    }
    return config;
  }

  /**
   * Writes an image stage of a CLIP.
   *
   * @return the stage's model section
   */
  public static ClipVisionStageConfig writeImage(Path folder, ClipVisionFolder source) {
    ClipVisionConfig clip = source.config();
    ClipVisionStageConfig config = new ClipVisionStageConfig(clip, source.preprocessing(clip));
    Graph graph = new ClipVisionEncoder(clip).graph();
    BundleFiles.Weights weights = weights(graph, source.weights(), source.model());
    int side = clip.imageSize();
    float[] noise = new CounterNoise(1, "self-test", "pixels").normals(0, 3 * side * side);
    Input input = new Input.Floats(HostTensor.of(noise, 1, 3, side, side));
    BundleFiles.writeWeights(
        folder, graph, weights, Map.of(ClipVisionEncoder.ENCODE, List.of(input)));
    return config;
  }

  private static BundleFiles.Weights weights(
      Graph graph, Map<String, TensorView> views, Path source) {
    BundleFiles.Weights weights = BundleFiles.Weights.of(views);
    Initialization.requireFit(graph, weights.tensors(), source.toString());
    return weights;
  }
}
