package dev.cascadefarm.standalone.train;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.cascadefarm.common.cascade.BundleId;
import dev.cascadefarm.common.cascade.BundleWriter;
import dev.cascadefarm.common.cascade.CascadeWriter;
import dev.cascadefarm.diffusion.runner.BundleFiles;
import dev.cascadefarm.diffusion.runner.Unet2dStageConfig;
import dev.cascadefarm.diffusion.sampler.Sampler;
import dev.cascadefarm.diffusion.stage.HostTensor;
import dev.cascadefarm.diffusion.train.DiffusionTraining;
import dev.cascadefarm.diffusion.train.LatentRecipe;
import dev.cascadefarm.diffusion.train.LatentRecipes;
import dev.cascadefarm.diffusion.train.SceneRecipe;
import dev.cascadefarm.diffusion.train.SceneRecipes;
import dev.cascadefarm.diffusion.vae.AutoencoderConfig;
import dev.cascadefarm.diffusion.weights.ElementType;
import dev.cascadefarm.standalone.install.AutoencoderStages;
import dev.cascadefarm.standalone.install.BundleDraft;
import dev.cascadefarm.standalone.install.DiffusionParameters;
import dev.cascadefarm.standalone.install.DiffusionParameters.DynamicThreshold;
import dev.cascadefarm.standalone.install.LatentCascades;
import dev.cascadefarm.standalone.install.LatentDiffusion;
import dev.cascadefarm.standalone.install.Origin;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Map;
import java.util.stream.Stream;

/**
 * Installs the trained models of a latent cascade in a catalogue, and its two cascades once all
 * their bundles are there. The captions' stage is another cascade's, taken as it is.
 *
 * @param cascade name of the cascade
 * @param textCascade name of the cascade whose text stage it shares
 */
record LatentBundles(Path catalogue, String cascade, String textCascade) {
  private static final int VERSION = 1;
  private static final String LICENCE = "Apache-2.0";
  private static final int STEPS = 20;
  private static final double GUIDANCE = 3;
  private static final double STRENGTH = 0.6;

  /**
   * The shared text stage as it is installed.
   *
   * @throws dev.cascadefarm.diffusion.train.TrainingException if it is not
   */
  TextBundle text() throws IOException {
    SceneRecipe recipe = SceneRecipes.of(textCascade).get(0);
    return TextBundle.read(
        folder(textId()),
        "farm train %s --cascade %s first".formatted(recipe.stage(), recipe.cascade()));
  }

  /**
   * The stage that makes latents of pictures.
   *
   * @throws dev.cascadefarm.diffusion.train.TrainingException if it is not installed
   */
  VaeBundle encoder(String model) throws IOException {
    return VaeBundle.read(folder(id("encode")), "train " + model + " first");
  }

  /**
   * Writes both halves of an autoencoder.
   *
   * @param file diffusers' own configuration, with the scaling factor
   */
  void installAutoencoder(ObjectNode file, Map<String, HostTensor> weights, ObjectNode provenance)
      throws IOException {
    byte[] content = file.toString().getBytes(StandardCharsets.UTF_8);
    AutoencoderConfig config = AutoencoderConfig.parse(content, cascade);
    AutoencoderStages stages = new AutoencoderStages(file, config, LatentRecipe.side());
    BundleFiles.Weights stored = new BundleFiles.Weights(weights, ElementType.F16);
    Origin origin = new Origin(LICENCE, provenance);
    stages.writeDecoder(BundleDraft.in(catalogue, id("vae"), origin), stored);
    stages.writeEncoder(BundleDraft.in(catalogue, id("encode"), origin), stored);
    writeCascades();
  }

  /** Writes the stage that draws latents. */
  void installLatent(
      Unet2dStageConfig unet, int side, Map<String, HostTensor> weights, ObjectNode provenance)
      throws IOException {
    DiffusionTraining training = LatentRecipes.training();
    new LatentDiffusion(unet, training.diffusion(), side, parameters(training))
        .write(
            BundleDraft.in(catalogue, id("latent"), new Origin(LICENCE, provenance)),
            new BundleFiles.Weights(weights, ElementType.F16));
    writeCascades();
  }

  /** Latents have no bounds that a threshold could keep them in. */
  private static ObjectNode parameters(DiffusionTraining training) {
    ObjectNode schema =
        new DiffusionParameters(
                Sampler.NAMES.get(0),
                STEPS,
                training.timesteps(),
                GUIDANCE,
                DynamicThreshold.USUAL,
                DiffusionParameters.NO_SMALL_PICTURE)
            .schema(Sampler.USUAL_HISTORY);
    DiffusionParameters.initially(schema, "threshold", "none");
    DiffusionParameters.addStrength(schema, STRENGTH);
    return schema;
  }

  private BundleId id(String stage) {
    return new BundleId(cascade + "-" + stage, VERSION);
  }

  private BundleId textId() {
    return SceneBundles.id(SceneRecipes.of(textCascade).get(0));
  }

  private Path folder(BundleId id) {
    return BundleWriter.folder(catalogue, id);
  }

  private void writeCascades() throws IOException {
    LatentCascades.Bundles bundles =
        new LatentCascades.Bundles(textId(), id("encode"), id("latent"), id("vae"));
    Stream<BundleId> all =
        Stream.of(bundles.text(), bundles.encode(), bundles.latent(), bundles.vae());
    if (!StageFolder.allInstalled(all.map(this::folder))) {
      return;
    }
    LatentCascades both = new LatentCascades(cascade, VERSION, bundles);
    String what = "Coloured shapes from captions by way of latents, 64 pixels";
    CascadeWriter.write(catalogue, both.fromCaptions(what));
    CascadeWriter.write(catalogue, both.overPictures(what + ", over a picture"));
  }
}
