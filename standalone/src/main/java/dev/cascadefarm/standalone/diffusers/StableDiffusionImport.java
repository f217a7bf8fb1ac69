package dev.cascadefarm.standalone.diffusers;

import dev.cascadefarm.common.cascade.BundleId;
import dev.cascadefarm.common.cascade.Cascade;
import dev.cascadefarm.common.json.WireJson;
import dev.cascadefarm.diffusion.clip.ClipTextStageConfig;
import dev.cascadefarm.diffusion.runner.BundleFiles.Weights;
import dev.cascadefarm.diffusion.runner.ClipBundleFiles;
import dev.cascadefarm.diffusion.runner.TorchStageLoader;
import dev.cascadefarm.standalone.install.CascadeInstallation;
import dev.cascadefarm.standalone.install.LatentCascades;
import dev.cascadefarm.standalone.install.Origin;
import dev.cascadefarm.standalone.install.TextStage;
import java.nio.file.Path;
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

  @Override
  public List<Cascade> cascades() {
    LatentCascades.Bundles bundles =
        new LatentCascades.Bundles(
            bundle(TEXT), bundle("vae-encoder"), bundle(LATENT), bundle("vae-decoder"));
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
    BundleId id = bundle(TEXT);
    Path folder = installation.folder(id);
    ClipTextStageConfig config = ClipBundleFiles.writeText(folder, parts.text());
    new TextStage(TorchStageLoader.CLIP_TEXT_KIND, WireJson.MAPPER.valueToTree(config))
        .seal(folder, id, origin(StableDiffusionParts.TEXT_ENCODER));
  }

  private void installLatent(CascadeInstallation installation) {
    BundleId id = bundle(LATENT);
    Weights weights = parts.source().weights(StableDiffusionParts.UNET);
    parts.latent().write(installation.folder(id), id, weights, origin(StableDiffusionParts.UNET));
  }

  private void installAutoencoder(CascadeInstallation installation) {
    BundleId decoder = bundle("vae-decoder");
    BundleId encoder = bundle("vae-encoder");
    Weights weights = parts.source().weights(StableDiffusionParts.VAE);
    Origin origin = origin(StableDiffusionParts.VAE);
    parts.vae().writeDecoder(installation.folder(decoder), decoder, weights, origin);
    parts.vae().writeEncoder(installation.folder(encoder), encoder, weights, origin);
  }

  private BundleId bundle(String stage) {
    return name.bundle(stage);
  }

  private Origin origin(String part) {
    return name.origin(parts.source(), part);
  }
}
