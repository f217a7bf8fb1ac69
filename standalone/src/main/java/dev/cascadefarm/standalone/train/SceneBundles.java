package dev.cascadefarm.standalone.train;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.cascadefarm.common.cascade.BundleId;
import dev.cascadefarm.common.cascade.BundleWriter;
import dev.cascadefarm.common.cascade.StageBundle;
import dev.cascadefarm.common.json.WireJson;
import dev.cascadefarm.diffusion.imagen.UnetConfig;
import dev.cascadefarm.diffusion.runner.BundleFiles;
import dev.cascadefarm.diffusion.runner.TorchStageLoader;
import dev.cascadefarm.diffusion.sampler.Sampler;
import dev.cascadefarm.diffusion.scenes.CaptionGrammar;
import dev.cascadefarm.diffusion.stage.HostTensor;
import dev.cascadefarm.diffusion.train.SceneDiffusionConfig;
import dev.cascadefarm.diffusion.train.SceneRecipe;
import dev.cascadefarm.diffusion.train.SceneRecipes;
import dev.cascadefarm.diffusion.weights.ElementType;
import dev.cascadefarm.standalone.install.BundleDraft;
import dev.cascadefarm.standalone.install.DiffusionParameters;
import dev.cascadefarm.standalone.install.DiffusionParameters.DynamicThreshold;
import dev.cascadefarm.standalone.install.DiffusionStage;
import dev.cascadefarm.standalone.install.Origin;
import dev.cascadefarm.standalone.install.TextStage;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import java.util.Objects;

/** Installs trained stages of the scene cascades in a catalogue. */
final class SceneBundles {
  private static final String LICENCE = "Apache-2.0";

  private final Path catalogue;

  SceneBundles(Path catalogue) {
    this.catalogue = catalogue;
  }

  static BundleId id(SceneRecipe recipe) {
    return new BundleId(
        recipe.cascade() + "-" + recipe.stage(), SceneRecipes.version(recipe.cascade()));
  }

  Path folder(SceneRecipe recipe) {
    return BundleWriter.folder(catalogue, id(recipe));
  }

  /** Writes the bundle's files and, last, its description. */
  StageBundle install(SceneRecipe recipe, Map<String, HostTensor> weights, ObjectNode provenance)
      throws IOException {
    return recipe.encodesText()
        ? installText(recipe, weights, provenance)
        : installDiffusion(recipe, weights, provenance);
  }

  private StageBundle installText(
      SceneRecipe recipe, Map<String, HostTensor> weights, ObjectNode provenance)
      throws IOException {
    BundleFiles.writeText(folder(recipe), recipe.text(), weights, CaptionGrammar.vocabulary());
    return new TextStage(TorchStageLoader.TEXT_KIND, WireJson.MAPPER.valueToTree(recipe.text()))
        .seal(draft(recipe, provenance));
  }

  private StageBundle installDiffusion(
      SceneRecipe recipe, Map<String, HostTensor> weights, ObjectNode provenance) {
    UnetConfig unet = Objects.requireNonNull(recipe.unet());
    SceneDiffusionConfig data = Objects.requireNonNull(recipe.diffusion());
    DiffusionStage stage =
        new DiffusionStage(unet, data.training().diffusion(), data.side(), parameters(unet, data));
    return stage.write(
        draft(recipe, provenance), new BundleFiles.Weights(weights, ElementType.F16));
  }

  private BundleDraft draft(SceneRecipe recipe, ObjectNode provenance) {
    return BundleDraft.in(catalogue, id(recipe), new Origin(LICENCE, provenance));
  }

  private static DiffusionParameters parameters(UnetConfig unet, SceneDiffusionConfig data) {
    return new DiffusionParameters(
        Sampler.NAMES.get(0),
        data.drawing().steps(),
        data.training().timesteps(),
        data.drawing().guidance(),
        DynamicThreshold.USUAL,
        unet.lowresCond() ? 0.1 : DiffusionParameters.NO_SMALL_PICTURE);
  }
}
