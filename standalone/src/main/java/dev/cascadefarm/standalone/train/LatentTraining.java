package dev.cascadefarm.standalone.train;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.cascadefarm.common.json.WireJson;
import dev.cascadefarm.diffusion.runner.Unet2dStageConfig;
import dev.cascadefarm.diffusion.train.AutoencoderMeasure;
import dev.cascadefarm.diffusion.train.AutoencoderTask;
import dev.cascadefarm.diffusion.train.CaptionEncoder;
import dev.cascadefarm.diffusion.train.LatentRecipe;
import dev.cascadefarm.diffusion.train.LatentRecipe.Captions;
import dev.cascadefarm.diffusion.train.LatentRecipe.Network.Compressor;
import dev.cascadefarm.diffusion.train.LatentRecipe.Network.Drawer;
import dev.cascadefarm.diffusion.train.LatentRecipes;
import dev.cascadefarm.diffusion.train.LatentTask;
import dev.cascadefarm.diffusion.train.LatentTask.Frozen;
import dev.cascadefarm.diffusion.train.Trainer;
import dev.cascadefarm.diffusion.train.TrainingListener;
import dev.cascadefarm.diffusion.vae.AutoencoderConfig;
import dev.cascadefarm.diffusion.vae.LatentEncoder;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.function.BooleanSupplier;

/**
 * Trains the models of a latent cascade one after the other and installs them: the autoencoder as
 * two bundles, then the U-Net that draws latents, with captions encoded by another cascade's text
 * stage. Checkpoints and records are kept in a work folder, one sub-folder per model. On the engine
 * thread.
 */
public final class LatentTraining implements CascadeTraining {
  private final List<LatentRecipe> recipes;
  private final Path work;
  private final LatentBundles bundles;

  /**
   * Prepares the training of a cascade's models.
   *
   * @param cascade one that {@link LatentRecipes} knows
   * @param work where checkpoints and metrics go
   * @param catalogue where finished bundles go, and where the text stage is
   */
  public LatentTraining(String cascade, Path work, Path catalogue) {
    this.recipes = LatentRecipes.of(cascade);
    this.work = work.resolve(cascade);
    this.bundles = new LatentBundles(catalogue, cascade, recipes.get(0).text());
  }

  @Override
  public List<String> stages() {
    return recipes.stream().map(LatentRecipe::model).toList();
  }

  @Override
  public boolean train(
      String stage, boolean resume, BooleanSupplier stop, TrainingListener listener)
      throws IOException {
    LatentRecipe recipe = recipes.get(index(stage));
    RunRecord.Name name = new RunRecord.Name(recipe.cascade(), stage);
    StageRun run = new StageRun(name, work.resolve(stage), resume, stop, listener);
    return recipe.network() instanceof Compressor compressor
        ? trainAutoencoder(run, recipe, compressor)
        : trainLatent(run, recipe, (Drawer) recipe.network());
  }

  private boolean trainAutoencoder(StageRun run, LatentRecipe recipe, Compressor taught)
      throws IOException {
    // without it, the bundles to come would fill no cascade
    bundles.text();
    AutoencoderTask task = recipe.task(taught);
    Trainer.Outcome outcome = run.run(task, lesson(recipe, WireJson.object()));
    if (outcome.finished()) {
      AutoencoderMeasure measure = AutoencoderMeasure.of(task, outcome.weights());
      ObjectNode file = taught.file().deepCopy();
      file.put("scaling_factor", 1 / measure.spread());
      ObjectNode provenance = provenance(run, recipe, outcome).put("psnr", measure.psnr());
      bundles.installAutoencoder(file, outcome.weights(), provenance);
    }
    return outcome.finished();
  }

  private boolean trainLatent(StageRun run, LatentRecipe recipe, Drawer taught) throws IOException {
    TextBundle text = bundles.text();
    VaeBundle vae = bundles.encoder(stages().get(0));
    Captions captions = new Captions(text.width(), text.length());
    ObjectNode frozen = WireJson.object().put("text", text.weights()).put("encode", vae.weights());
    try (CaptionEncoder encoder = text.load();
        LatentEncoder pictures = vae.load();
        LatentTask task = recipe.task(taught, new Frozen(encoder, pictures), captions)) {
      Trainer.Outcome outcome = run.run(task, lesson(recipe, frozen));
      if (outcome.finished()) {
        AutoencoderConfig latents = pictures.config();
        Unet2dStageConfig unet =
            new Unet2dStageConfig(
                taught.file(captions.width()), latents.latentChannels(), captions.length(), true);
        int side = LatentRecipe.side() / latents.reduction();
        ObjectNode provenance = provenance(run, recipe, outcome).setAll(frozen);
        bundles.installLatent(unet, side, outcome.weights(), provenance);
      }
      return outcome.finished();
    }
  }

  /**
   * How a model is taught.
   *
   * @param frozen what else shapes its numbers: hashes of the weights it learns with
   */
  private static StageRun.Lesson lesson(LatentRecipe recipe, ObjectNode frozen) {
    ObjectNode all = WireJson.MAPPER.valueToTree(recipe);
    all.set("training", WireJson.MAPPER.valueToTree(LatentRecipes.training()));
    all.set("frozen", frozen);
    return new StageRun.Lesson(recipe.optimizer(), StageRun.JUDGED, LatentRecipe.SEED, all);
  }

  private static ObjectNode provenance(StageRun run, LatentRecipe recipe, Trainer.Outcome outcome) {
    return run.provenance(outcome)
        .put("data", "procedural scenes, split train, 60 % with two objects")
        .put("seed", LatentRecipe.SEED)
        .put("batch", recipe.batch());
  }
}
