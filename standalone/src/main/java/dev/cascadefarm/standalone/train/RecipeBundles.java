package dev.cascadefarm.standalone.train;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.cascadefarm.common.cascade.BundleId;
import dev.cascadefarm.common.cascade.BundleWriter;
import dev.cascadefarm.common.cascade.Cascade;
import dev.cascadefarm.common.cascade.CascadeStage;
import dev.cascadefarm.common.cascade.CascadeWriter;
import dev.cascadefarm.common.json.WireJson;
import dev.cascadefarm.diffusion.imagen.UnetConfig;
import dev.cascadefarm.diffusion.recipe.Recipe;
import dev.cascadefarm.diffusion.recipe.StageRecipe;
import dev.cascadefarm.diffusion.recipe.TextRecipe;
import dev.cascadefarm.diffusion.recipe.UnetRecipe;
import dev.cascadefarm.diffusion.runner.BundleFiles;
import dev.cascadefarm.diffusion.runner.TorchStageLoader;
import dev.cascadefarm.diffusion.sampler.Sampler;
import dev.cascadefarm.diffusion.stage.HostTensor;
import dev.cascadefarm.diffusion.t5.T5Folder;
import dev.cascadefarm.diffusion.t5.T5TextConfig;
import dev.cascadefarm.diffusion.text.TextEncoderConfig;
import dev.cascadefarm.diffusion.weights.ElementType;
import dev.cascadefarm.standalone.install.BundleDraft;
import dev.cascadefarm.standalone.install.DiffusionParameters;
import dev.cascadefarm.standalone.install.DiffusionParameters.DynamicThreshold;
import dev.cascadefarm.standalone.install.DiffusionStage;
import dev.cascadefarm.standalone.install.LinearCascade;
import dev.cascadefarm.standalone.install.Origin;
import dev.cascadefarm.standalone.install.TextStage;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/** Installs the trained stages of a recipe, and the cascade once all of them are there. */
record RecipeBundles(Recipe recipe, Path catalogue) {
  private static final int VERSION = 1;

  /** Nobody has said under which licence the data are. */
  private static final String LICENCE = "NOASSERTION";

  /** Where the bundle of a stage is. */
  Path folder(String stage) {
    return BundleWriter.folder(catalogue, id(stage));
  }

  private BundleId id(String stage) {
    return stage.equals(textName()) && recipe.text() instanceof TextRecipe.Bundle bundle
        ? BundleId.parse(bundle.id())
        : new BundleId(recipe.cascade() + "-" + stage, VERSION);
  }

  void installWords(
      TextEncoderConfig config,
      Map<String, HostTensor> weights,
      List<String> words,
      ObjectNode provenance)
      throws IOException {
    BundleDraft draft = draft(textName(), provenance);
    BundleFiles.writeText(draft.folder(), config, weights, words);
    new TextStage(TorchStageLoader.TEXT_KIND, WireJson.MAPPER.valueToTree(config)).seal(draft);
    writeCascade();
  }

  /**
   * The text stage as it is installed.
   *
   * @throws dev.cascadefarm.diffusion.train.TrainingException if it is not
   */
  TextBundle text() throws IOException {
    return TextBundle.read(folder(textName()), "train " + textName() + " first");
  }

  /**
   * Installs a text stage that needs no teaching; one that is a bundle already only has to be
   * there.
   */
  void takeText(ObjectNode provenance) throws IOException {
    if (recipe.text() instanceof TextRecipe.T5 t5) {
      installT5(t5, provenance);
    } else {
      TextBundle.read(folder(textName()), "a bundle of the catalogue");
    }
    writeCascade();
  }

  private void installT5(TextRecipe.T5 t5, ObjectNode provenance) throws IOException {
    BundleDraft draft = draft(textName(), provenance);
    T5TextConfig config =
        BundleFiles.writeT5(draft.folder(), T5Folder.open(t5.folder(), t5.name()), t5.maxTextLen());
    new TextStage(TorchStageLoader.T5_KIND, WireJson.MAPPER.valueToTree(config)).seal(draft);
  }

  void installUnet(
      StageRecipe stage, UnetConfig unet, Map<String, HostTensor> weights, ObjectNode provenance) {
    UnetRecipe recipeOfUnet = Objects.requireNonNull(stage.unet());
    new DiffusionStage(
            unet,
            recipeOfUnet.training().diffusion(),
            recipeOfUnet.frame().side(),
            parameters(recipeOfUnet))
        .write(draft(stage.name(), provenance), new BundleFiles.Weights(weights, ElementType.F16));
    writeCascade();
  }

  private BundleDraft draft(String stage, ObjectNode provenance) {
    return BundleDraft.in(catalogue, id(stage), new Origin(LICENCE, provenance));
  }

  private static DiffusionParameters parameters(UnetRecipe stage) {
    return new DiffusionParameters(
        Sampler.NAMES.get(0),
        stage.sampling().steps(),
        stage.training().timesteps(),
        stage.sampling().guidance(),
        DynamicThreshold.USUAL,
        stage.frame().lowresSide() > 0
            ? stage.sampling().aug()
            : DiffusionParameters.NO_SMALL_PICTURE);
  }

  /** The settings that a job has when it says nothing else. */
  static JsonNode settings(UnetRecipe stage) {
    return parameters(stage).defaults(Sampler.USUAL_HISTORY);
  }

  private String textName() {
    return recipe.textStage().name();
  }

  private void writeCascade() {
    List<String> names = recipe.stages().stream().map(StageRecipe::name).toList();
    if (!StageFolder.allInstalled(names.stream().map(this::folder))) {
      return;
    }
    List<CascadeStage> stages = LinearCascade.stages(names, this::id);
    CascadeWriter.write(
        catalogue, new Cascade(recipe.cascade(), VERSION, recipe.description(), stages));
  }
}
