package dev.cascadefarm.standalone.train;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.cascadefarm.common.cascade.BundleId;
import dev.cascadefarm.common.cascade.BundleWriter;
import dev.cascadefarm.common.cascade.StageBundle;
import dev.cascadefarm.common.cascade.StageBundle.Per;
import dev.cascadefarm.common.cascade.TensorSpec;
import dev.cascadefarm.common.json.WireJson;
import dev.cascadefarm.diffusion.imagen.UnetConfig;
import dev.cascadefarm.diffusion.runner.BundleFiles;
import dev.cascadefarm.diffusion.runner.DiffusionConfig;
import dev.cascadefarm.diffusion.runner.TorchStageLoader;
import dev.cascadefarm.diffusion.sampler.Objective;
import dev.cascadefarm.diffusion.sampler.Sampler;
import dev.cascadefarm.diffusion.scenes.CaptionGrammar;
import dev.cascadefarm.diffusion.stage.HostTensor;
import dev.cascadefarm.diffusion.train.SceneDiffusionConfig;
import dev.cascadefarm.diffusion.train.SceneRecipe;
import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/** Installs trained stages of the scene cascades in a catalogue. */
final class SceneBundles {
  private static final int VERSION = 1;
  private static final String LICENCE = "Apache-2.0";
  private static final String PRECISION = "float32";

  private final Path catalogue;

  SceneBundles(Path catalogue) {
    this.catalogue = catalogue;
  }

  static BundleId id(SceneRecipe recipe) {
    return new BundleId(recipe.cascade() + "-" + recipe.stage(), VERSION);
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
    ObjectNode noSettings =
        WireJson.object().put("type", "object").put("additionalProperties", false);
    StageBundle draft =
        new StageBundle(
            id(recipe),
            TorchStageLoader.TEXT_KIND,
            Per.JOB,
            Map.of(
                "prompt", new TensorSpec("text", "", List.of()),
                "negative_prompt", new TensorSpec("text", "", List.of(), true)),
            Map.of("embeds", embeds()),
            0,
            1,
            noSettings.set("properties", WireJson.object()),
            WireJson.MAPPER.valueToTree(recipe.text()),
            WireJson.object(),
            PRECISION,
            Map.of(),
            LICENCE,
            provenance);
    return BundleWriter.seal(folder(recipe), draft);
  }

  private StageBundle installDiffusion(
      SceneRecipe recipe, Map<String, HostTensor> weights, ObjectNode provenance) {
    UnetConfig unet = Objects.requireNonNull(recipe.unet());
    SceneDiffusionConfig data = Objects.requireNonNull(recipe.diffusion());
    DiffusionConfig diffusion =
        new DiffusionConfig(
            data.scheduleName(), data.timesteps(), Objective.V, Sampler.MOST_HISTORY);
    BundleFiles.writeDiffusion(folder(recipe), unet, diffusion, data.side(), weights);
    Map<String, TensorSpec> inputs = new LinkedHashMap<>();
    inputs.put("embeds", embeds());
    if (unet.lowresCond()) {
      inputs.put("image", image("h", "w"));
    }
    String side = Integer.toString(data.side());
    StageBundle draft =
        new StageBundle(
            id(recipe),
            TorchStageLoader.DIFFUSION_KIND,
            Per.IMAGE,
            inputs,
            Map.of("image", image(side, side)),
            data.side(),
            1,
            parameters(unet, data).schema(),
            WireJson.MAPPER.valueToTree(unet),
            WireJson.MAPPER.valueToTree(diffusion),
            PRECISION,
            Map.of(),
            LICENCE,
            provenance);
    return BundleWriter.seal(folder(recipe), draft);
  }

  private static DiffusionParameters parameters(UnetConfig unet, SceneDiffusionConfig data) {
    return unet.lowresCond()
        ? new DiffusionParameters(12, 3, data.timesteps(), 0.1)
        : new DiffusionParameters(20, 3, data.timesteps(), -1);
  }

  private static TensorSpec embeds() {
    return new TensorSpec("tensors", "F32", List.of("1", "N", "E"));
  }

  private static TensorSpec image(String height, String width) {
    return new TensorSpec("image", "", List.of("3", height, width));
  }
}
