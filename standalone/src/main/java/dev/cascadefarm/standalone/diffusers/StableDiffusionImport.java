package dev.cascadefarm.standalone.diffusers;

import dev.cascadefarm.common.cascade.BundleId;
import dev.cascadefarm.common.cascade.Cascade;
import dev.cascadefarm.common.cascade.CascadeStage;
import dev.cascadefarm.common.json.WireJson;
import dev.cascadefarm.diffusion.clip.ClipTextStageConfig;
import dev.cascadefarm.diffusion.runner.BundleFiles.Weights;
import dev.cascadefarm.diffusion.runner.ClipBundleFiles;
import dev.cascadefarm.diffusion.runner.TorchStageLoader;
import dev.cascadefarm.standalone.install.CascadeInstallation;
import dev.cascadefarm.standalone.install.Origin;
import dev.cascadefarm.standalone.install.TextStage;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
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
    return List.of(fromCaptions(), overPictures());
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

  private Cascade fromCaptions() {
    String description = "Stable Diffusion, %d pixels".formatted(parts.vae().side());
    Map<String, String> inputs = Map.of("embeds", "text.embeds");
    CascadeStage latent = new CascadeStage(LATENT, bundle(LATENT), inputs);
    return new Cascade(
        name.name(), ImportedName.VERSION, description, List.of(text(), latent, picture()));
  }

  private Cascade overPictures() {
    String description = "Stable Diffusion over a picture, %d pixels".formatted(parts.vae().side());
    CascadeStage encode =
        new CascadeStage(ENCODE, bundle("vae-encoder"), Map.of("image", "request.init_image"));
    Map<String, String> inputs = Map.of("embeds", "text.embeds", Latents.NAME, "encode.latents");
    CascadeStage latent = new CascadeStage(LATENT, bundle(LATENT), inputs);
    List<CascadeStage> stages = List.of(text(), encode, latent, picture());
    return new Cascade(name.name() + "-over", ImportedName.VERSION, description, stages);
  }

  private CascadeStage text() {
    Map<String, String> inputs =
        Map.of("prompt", "request.prompt", "negative_prompt", "request.negative_prompt");
    return new CascadeStage(TEXT, bundle(TEXT), inputs);
  }

  private CascadeStage picture() {
    return new CascadeStage(VAE, bundle("vae-decoder"), Map.of(Latents.NAME, "latent.latents"));
  }

  private BundleId bundle(String stage) {
    return name.bundle(stage);
  }

  private Origin origin(String part) {
    return name.origin(parts.source(), part);
  }
}
