package dev.cascadefarm.standalone.diffusers;

import dev.cascadefarm.common.cascade.BundleId;
import dev.cascadefarm.common.cascade.Cascade;
import dev.cascadefarm.common.json.WireJson;
import dev.cascadefarm.diffusion.clip.ClipTextStageConfig;
import dev.cascadefarm.diffusion.runner.BundleFiles.Weights;
import dev.cascadefarm.diffusion.runner.ClipBundleFiles;
import dev.cascadefarm.diffusion.runner.TorchStageLoader;
import dev.cascadefarm.standalone.install.BundleDraft;
import dev.cascadefarm.standalone.install.CascadeInstallation;
import dev.cascadefarm.standalone.install.LatentCascades;
import dev.cascadefarm.standalone.install.TextStage;
import java.util.List;
import java.util.function.Consumer;

/**
 * A Stable Diffusion pipeline as two cascades over the same bundles: one that draws from a caption,
 * and {@code NAME-over}, which starts from a picture.
 */
record StableDiffusionImport(StableDiffusionParts parts, ImportedName name)
    implements PipelinePlan {
  private static final String TEXT = "text";
  private static final String ENCODE = "encode";
  private static final String LATENT = "latent";
  private static final String VAE = "vae";
  private static final String ENCODER_BUNDLE = "vae-encoder";
  private static final String DECODER_BUNDLE = "vae-decoder";

  @Override
  public List<Cascade> cascades() {
    LatentCascades.Bundles bundles =
        new LatentCascades.Bundles(
            bundle(TEXT), bundle(ENCODER_BUNDLE), bundle(LATENT), bundle(DECODER_BUNDLE));
    LatentCascades both = new LatentCascades(name.name(), ImportedName.VERSION, bundles);
    int side = parts.vae().side();
    return List.of(
        both.fromCaptions("Stable Diffusion, %d pixels".formatted(side)),
        both.overPictures("Stable Diffusion over a picture, %d pixels".formatted(side)));
  }

  @Override
  public List<String> skipped() {
    return parts.source().skipped();
  }

  @Override
  public void write(CascadeInstallation installation, Consumer<String> reports) {
    reports.accept(TEXT + ": " + StableDiffusionParts.TEXT_ENCODER);
    installText(installation);
    reports.accept(LATENT + ": " + StableDiffusionParts.UNET);
    installLatent(installation);
    reports.accept(VAE + ", " + ENCODE + ": " + StableDiffusionParts.VAE);
    installAutoencoder(installation);
  }

  private void installText(CascadeInstallation installation) {
    BundleDraft draft = draft(installation, TEXT, StableDiffusionParts.TEXT_ENCODER);
    ClipTextStageConfig config = ClipBundleFiles.writeText(draft.folder(), parts.text());
    new TextStage(TorchStageLoader.CLIP_TEXT_KIND, WireJson.MAPPER.valueToTree(config)).seal(draft);
  }

  private void installLatent(CascadeInstallation installation) {
    String part = StableDiffusionParts.UNET;
    parts.latent().write(draft(installation, LATENT, part), parts.source().weights(part));
  }

  private void installAutoencoder(CascadeInstallation installation) {
    String part = StableDiffusionParts.VAE;
    Weights weights = parts.source().weights(part);
    parts.vae().writeDecoder(draft(installation, DECODER_BUNDLE, part), weights);
    parts.vae().writeEncoder(draft(installation, ENCODER_BUNDLE, part), weights);
  }

  private BundleId bundle(String stage) {
    return name.bundle(stage);
  }

  private BundleDraft draft(CascadeInstallation installation, String stage, String part) {
    return installation.draft(bundle(stage), name.origin(parts.source(), part));
  }
}
