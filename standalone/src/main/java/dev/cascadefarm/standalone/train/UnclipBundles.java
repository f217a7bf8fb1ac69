package dev.cascadefarm.standalone.train;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.cascadefarm.common.cascade.BundleId;
import dev.cascadefarm.common.cascade.BundleWriter;
import dev.cascadefarm.common.cascade.CascadeWriter;
import dev.cascadefarm.common.cascade.StageBundle;
import dev.cascadefarm.common.json.WireJson;
import dev.cascadefarm.diffusion.runner.BundleFiles.Weights;
import dev.cascadefarm.diffusion.runner.DiffusionConfig;
import dev.cascadefarm.diffusion.runner.TorchStageLoader;
import dev.cascadefarm.diffusion.sampler.Sampler;
import dev.cascadefarm.diffusion.stage.HostTensor;
import dev.cascadefarm.diffusion.train.ClipEncoder;
import dev.cascadefarm.diffusion.train.DiffusionTraining;
import dev.cascadefarm.diffusion.train.UnclipRecipe;
import dev.cascadefarm.diffusion.train.UnclipRecipe.Network;
import dev.cascadefarm.diffusion.unclip.ClipConfig;
import dev.cascadefarm.diffusion.weights.ElementType;
import dev.cascadefarm.diffusion.weights.SafeTensors;
import dev.cascadefarm.standalone.install.BundleDraft;
import dev.cascadefarm.standalone.install.DiffusionParameters;
import dev.cascadefarm.standalone.install.DiffusionParameters.DynamicThreshold;
import dev.cascadefarm.standalone.install.DiffusionStage;
import dev.cascadefarm.standalone.install.Origin;
import dev.cascadefarm.standalone.install.UnclipCascade;
import dev.cascadefarm.standalone.install.UnclipStages;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;

/**
 * Installs the trained models of an unCLIP in a catalogue, and its cascades once all are there. The
 * CLIP becomes two bundles.
 *
 * @param lesson what the models are taught with
 * @param enlarger name of the super-resolution model
 */
record UnclipBundles(Path catalogue, UnclipLesson lesson, String enlarger) {
  private static final int VERSION = 1;
  private static final String CLIP_FIRST = "train clip first";
  private static final double PRIOR_GUIDANCE = 2;
  private static final double GUIDANCE = 3;
  private static final double AUGMENTATION = 0.1;
  private static final int DRAWING_STEPS = 20;
  private static final int ENLARGING_STEPS = 12;

  private BundleId id(String stage) {
    return new BundleId(lesson.cascade() + "-" + stage, VERSION);
  }

  private Path folder(String stage) {
    return BundleWriter.folder(catalogue, id(stage));
  }

  /** Writes a model's bundles and, with the last model, the cascades. */
  void install(UnclipRecipe recipe, Map<String, HostTensor> weights, ObjectNode provenance)
      throws IOException {
    Origin origin = new Origin(lesson.licence(), provenance);
    if (recipe.makesClip()) {
      stage(UnclipCascade.TEXT, origin).writeText(recipe.clip(), weights, lesson.words());
      stage(UnclipCascade.IMAGE, origin).writeImage(recipe.clip(), weights);
    } else {
      installNetwork(recipe, new Weights(weights, ElementType.F16), origin);
    }
    writeCascades(recipe.clip().latentDim());
  }

  private void installNetwork(UnclipRecipe recipe, Weights weights, Origin origin) {
    Network network = recipe.taught();
    DiffusionTraining training = network.training();
    DiffusionConfig diffusion = training.diffusion();
    UnclipStages stage = stage(recipe.model(), origin);
    if (network instanceof Network.Prior prior) {
      ObjectNode parameters = drawing(training, PRIOR_GUIDANCE).schema(diffusion.history());
      DiffusionParameters.removeThreshold(parameters);
      DiffusionParameters.addCandidates(parameters);
      stage.writePrior(prior.config(), diffusion, parameters, weights);
    } else if (network instanceof Network.Drawer drawer) {
      ObjectNode parameters = drawing(training, GUIDANCE).schema(diffusion.history());
      UnclipStages.Drawing drawing =
          new UnclipStages.Drawing(diffusion, recipe.frame().side(), parameters);
      stage.writeDecoder(drawer.config(), drawing, weights);
    } else if (network instanceof Network.Enlarger enlarger) {
      new DiffusionStage(
              enlarger.config(), diffusion, recipe.frame().side(), enlarging(training), true)
          .write(stage.draft(), weights);
    }
  }

  private UnclipStages stage(String stage, Origin origin) {
    return new UnclipStages(BundleDraft.in(catalogue, id(stage), origin));
  }

  private static DiffusionParameters drawing(DiffusionTraining training, double guidance) {
    return new DiffusionParameters(
        Sampler.NAMES.get(0),
        DRAWING_STEPS,
        training.timesteps(),
        guidance,
        DynamicThreshold.USUAL,
        DiffusionParameters.NO_SMALL_PICTURE);
  }

  private static DiffusionParameters enlarging(DiffusionTraining training) {
    return new DiffusionParameters(
        Sampler.NAMES.get(0),
        ENLARGING_STEPS,
        training.timesteps(),
        GUIDANCE,
        DynamicThreshold.USUAL,
        AUGMENTATION);
  }

  /**
   * The installed CLIP, to teach others with what will be run.
   *
   * @throws dev.cascadefarm.diffusion.train.TrainingException if it is not installed
   */
  ClipEncoder clip(ClipConfig config) throws IOException {
    Map<String, HostTensor> weights = new HashMap<>();
    for (String half : List.of(UnclipCascade.TEXT, UnclipCascade.IMAGE)) {
      Path installed = stageFolder(half).require(CLIP_FIRST);
      weights.putAll(SafeTensors.read(installed.resolve(TorchStageLoader.WEIGHTS)));
    }
    Path tokenizer = folder(UnclipCascade.TEXT).resolve(TorchStageLoader.TOKENIZER);
    return ClipEncoder.load(config, weights, tokenizer);
  }

  /**
   * Which CLIP is installed: the hashes of its weights.
   *
   * @throws dev.cascadefarm.diffusion.train.TrainingException if it is not installed
   */
  List<String> clipHashes() throws IOException {
    List<String> hashes = new ArrayList<>();
    for (String half : List.of(UnclipCascade.TEXT, UnclipCascade.IMAGE)) {
      StageBundle bundle = stageFolder(half).read(CLIP_FIRST);
      hashes.add(Objects.requireNonNull(bundle.files().get(StageBundle.WEIGHTS)));
    }
    return hashes;
  }

  private StageFolder stageFolder(String half) {
    return new StageFolder(folder(half));
  }

  private void writeCascades(int latentDim) throws IOException {
    Stream<String> stages =
        Stream.of(
            UnclipCascade.TEXT,
            UnclipCascade.IMAGE,
            UnclipCascade.PRIOR,
            UnclipCascade.DECODER,
            enlarger);
    if (StageFolder.allInstalled(stages.map(this::folder))) {
      stage(UnclipCascade.BLEND, new Origin(lesson.licence(), WireJson.object()))
          .writeBlend(latentDim);
      UnclipCascade cascade =
          new UnclipCascade(lesson.cascade(), VERSION, lesson.description(), enlarger, this::id);
      cascade.all().forEach(each -> CascadeWriter.write(catalogue, each));
    }
  }
}
