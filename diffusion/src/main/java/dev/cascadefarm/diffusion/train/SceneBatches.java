package dev.cascadefarm.diffusion.train;

import dev.cascadefarm.diffusion.engine.TorchModule.Input;
import dev.cascadefarm.diffusion.scenes.Scene;
import dev.cascadefarm.diffusion.scenes.SceneRenderer;
import dev.cascadefarm.diffusion.scenes.SceneSampler;
import dev.cascadefarm.diffusion.scenes.Wording;
import dev.cascadefarm.diffusion.stage.HostTensor;
import dev.cascadefarm.diffusion.text.WordTokenizer;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.LongStream;

/** Batches of procedural scenes: batch {@code step} holds the next scenes of one endless list. */
final class SceneBatches {
  private final SceneSampler sampler;
  private final WordTokenizer tokenizer;
  private final int size;
  private final int length;

  /**
   * Prepares batches.
   *
   * @param size scenes in a batch
   * @param length tokens of a caption
   */
  SceneBatches(SceneSampler sampler, WordTokenizer tokenizer, int size, int length) {
    this.sampler = sampler;
    this.tokenizer = tokenizer;
    this.size = size;
    this.length = length;
  }

  int size() {
    return size;
  }

  List<Scene> scenes(long step) {
    return LongStream.range(step * size, (step + 1) * size).mapToObj(sampler::scene).toList();
  }

  /** Token ids {@code (B, N)} and mask {@code (B, N)} of the captions of a step's scenes. */
  List<Input> captions(long step, List<Scene> scenes) {
    List<String> captions = new ArrayList<>(size);
    for (int i = 0; i < size; i++) {
      captions.add(Wording.VARIED.caption(scenes.get(i), sampler.seed(), step * size + i));
    }
    return WordCaptions.tokens(tokenizer, length, captions);
  }

  /** Pictures {@code (B, 3, side, side)} in [-1, 1]. */
  HostTensor pictures(List<Scene> scenes, int side) {
    int each = 3 * side * side;
    float[] all = new float[size * each];
    for (int i = 0; i < size; i++) {
      float[] picture = SceneRenderer.render(scenes.get(i), side);
      for (int k = 0; k < each; k++) {
        all[i * each + k] = 2 * picture[k] - 1;
      }
    }
    return HostTensor.of(all, size, 3, side, side);
  }
}
