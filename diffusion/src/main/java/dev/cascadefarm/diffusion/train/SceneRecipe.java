package dev.cascadefarm.diffusion.train;

import dev.cascadefarm.diffusion.engine.TorchModule;
import dev.cascadefarm.diffusion.graph.Graph;
import dev.cascadefarm.diffusion.imagen.Denoiser;
import dev.cascadefarm.diffusion.imagen.Unet;
import dev.cascadefarm.diffusion.imagen.UnetConfig;
import dev.cascadefarm.diffusion.scenes.CaptionGrammar;
import dev.cascadefarm.diffusion.scenes.SceneSampler;
import dev.cascadefarm.diffusion.scenes.SceneSampler.Split;
import dev.cascadefarm.diffusion.stage.HostTensor;
import dev.cascadefarm.diffusion.text.PictureRegression;
import dev.cascadefarm.diffusion.text.TextEncoder;
import dev.cascadefarm.diffusion.text.TextEncoderConfig;
import dev.cascadefarm.diffusion.text.WordTokenizer;
import java.util.List;
import java.util.Map;

/**
 * The recipes of the default cascade: architecture, data and optimizer of each of its three stages.
 */
public enum SceneRecipe {
  TEXT(64, 1200, 1e-3),
  BASE(64, 2600, 1e-3),
  SR64(16, 3000, 1e-3);

  /** Seed of data and initial weights. */
  public static final long SEED = 20_260_101;

  private static final int TEXT_LENGTH = 20;
  private static final int TEXT_WIDTH = 128;
  private static final double TWO_OBJECT_SHARE = 0.6;

  private final int batch;
  private final int steps;
  private final double rate;

  SceneRecipe(int batch, int steps, double rate) {
    this.batch = batch;
    this.steps = steps;
    this.rate = rate;
  }

  /** Architecture of the text encoder. */
  public static TextEncoderConfig text() {
    int vocabulary = WordTokenizer.vocabularySize(CaptionGrammar.vocabulary());
    return new TextEncoderConfig(vocabulary, TEXT_LENGTH, TEXT_WIDTH, 3, 4);
  }

  /**
   * Architecture of this stage's U-Net.
   *
   * @throws IllegalStateException for the text stage
   */
  public UnetConfig unet() {
    return switch (this) {
      case BASE ->
          new UnetConfig(
              48,
              List.of(1, 2, 3),
              3,
              TEXT_WIDTH,
              TEXT_WIDTH,
              List.of(1),
              List.of(false, false, true),
              List.of(false, true, true),
              4,
              false,
              false,
              false,
              TEXT_LENGTH,
              32);
      case SR64 ->
          new UnetConfig(
              16,
              List.of(1, 2, 4),
              3,
              TEXT_WIDTH,
              TEXT_WIDTH,
              List.of(1),
              List.of(false),
              List.of(false, false, true),
              4,
              true,
              true,
              false,
              TEXT_LENGTH,
              32);
      case TEXT -> throw new IllegalStateException("TEXT (expected: a diffusion stage)");
    };
  }

  /** Data of this stage; not for the text stage. */
  public SceneDiffusionConfig diffusion() {
    return this == BASE
        ? new SceneDiffusionConfig(16, 0, 16, "cosine", 1000, 0.1, 0)
        : new SceneDiffusionConfig(64, 16, 32, "cosine", 1000, 0.1, 0.3);
  }

  public OptimizerConfig optimizer() {
    return new OptimizerConfig(rate, 200, steps, 0.02, 0.9, 0.99, 0.01, 1, 0.998);
  }

  /**
   * The task.
   *
   * @param tokenizer of the captions; stays open
   * @param textWeights of the taught encoder; not read by the text stage
   */
  public TrainingTask task(WordTokenizer tokenizer, Map<String, HostTensor> textWeights) {
    SceneSampler sampler = new SceneSampler(SEED, Split.TRAIN, TWO_OBJECT_SHARE, true);
    SceneBatches batches = new SceneBatches(sampler, tokenizer, batch, TEXT_LENGTH);
    TextEncoder encoder = new TextEncoder(text());
    if (this == TEXT) {
      return new SceneTextTask(new PictureRegression(encoder), batches);
    }
    Graph graph = encoder.graph();
    TorchModule loaded = TorchModule.load(graph, textWeights, "cpu", TorchModule.Mode.FROZEN);
    Denoiser denoiser = new Denoiser(new Unet(unet()), diffusion().side(), 0);
    return new SceneDiffusionTask(diffusion(), denoiser, batches, loaded, SEED);
  }
}
