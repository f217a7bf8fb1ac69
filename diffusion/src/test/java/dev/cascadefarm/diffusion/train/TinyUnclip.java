package dev.cascadefarm.diffusion.train;

import dev.cascadefarm.diffusion.data.CachedPictures;
import dev.cascadefarm.diffusion.data.DataSplit;
import dev.cascadefarm.diffusion.data.FirstPictures;
import dev.cascadefarm.diffusion.data.ScenePictures;
import dev.cascadefarm.diffusion.denoise.LossKind;
import dev.cascadefarm.diffusion.sampler.Objective;
import dev.cascadefarm.diffusion.scenes.CaptionGrammar;
import dev.cascadefarm.diffusion.scenes.SceneSampler;
import dev.cascadefarm.diffusion.scenes.SceneSampler.Split;
import dev.cascadefarm.diffusion.scenes.Textures;
import dev.cascadefarm.diffusion.stage.HostTensor;
import dev.cascadefarm.diffusion.text.WordTokenizer;
import dev.cascadefarm.diffusion.train.DiffusionTraining.Augmentation;
import dev.cascadefarm.diffusion.train.StageData.Frame;
import dev.cascadefarm.diffusion.unclip.Clip;
import dev.cascadefarm.diffusion.unclip.ClipConfig;
import dev.cascadefarm.diffusion.unclip.Decoder;
import dev.cascadefarm.diffusion.unclip.DecoderConfig;
import dev.cascadefarm.diffusion.unclip.DiffusionPrior;
import dev.cascadefarm.diffusion.unclip.PriorConfig;
import dev.cascadefarm.diffusion.unclip.TowerConfig;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/** The three models of unCLIP so small that a step takes milliseconds, on 64 scenes. */
final class TinyUnclip {
  static final int SCENES = 64;
  static final int SIDE = 32;
  static final int DECODER_SIDE = 16;
  static final Clip CLIP =
      new Clip(
          new ClipConfig(
              3,
              SIDE,
              8,
              new TowerConfig(32, 2, 2, 2),
              WordTokenizer.vocabularySize(CaptionGrammar.vocabulary()),
              20,
              new TowerConfig(32, 2, 2, 2),
              16));
  static final DiffusionPrior PRIOR =
      new DiffusionPrior(new PriorConfig(16, 32, 20, new TowerConfig(32, 1, 2, 2)));
  static final Decoder DECODER =
      new Decoder(new DecoderConfig(3, 8, List.of(1, 2), 1, 16, 2, 2, 16, 2, 32, 20));
  static final DiffusionTraining PRIOR_TRAINING = training(Objective.X_START, 0.1);
  static final DecoderTraining DECODER_TRAINING =
      new DecoderTraining(training(Objective.V, 0.5), 0.1);

  private TinyUnclip() {}

  private static DiffusionTraining training(Objective objective, double captionDrop) {
    return new DiffusionTraining(
        "cosine", 100, objective, LossKind.L2, 0, captionDrop, Augmentation.SAMPLE, 0);
  }

  static FirstPictures scenes() {
    ScenePictures all = new ScenePictures(new SceneSampler(5, Split.TRAIN, 0.3, Textures.BOLD));
    return new FirstPictures(new CachedPictures(all, 1 << 24), SCENES);
  }

  /** All scenes to learn from, and the same to judge by. */
  static StageData data(int side, int batch) {
    FirstPictures scenes = scenes();
    return new StageData(new DataSplit(scenes, scenes), new Frame(side, 0, side), batch, 2, 17);
  }

  static Path tokenizer(Path folder) throws IOException {
    return Files.write(
        folder.resolve("tokenizer.json"), WordTokenizer.file(CaptionGrammar.vocabulary()));
  }

  /** The task of that name: {@code clip}, {@code prior} or {@code decoder}. */
  static TrainingTask task(String name, int batch, WordTokenizer tokenizer, ClipEncoder encoder) {
    return switch (name) {
      case "clip" -> ClipTask.of(CLIP, data(SIDE, batch), tokenizer);
      case "prior" -> PriorTask.of(PRIOR, data(SIDE, batch), encoder, PRIOR_TRAINING);
      default -> DecoderTask.of(DECODER, data(DECODER_SIDE, batch), encoder, DECODER_TRAINING);
    };
  }

  static ClipEncoder encoder(Map<String, HostTensor> weights, Path folder) throws IOException {
    return ClipEncoder.load(CLIP.config(), weights, tokenizer(folder));
  }
}
