package dev.cascadefarm.standalone.diffusers;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.cascadefarm.common.cascade.BundleId;
import dev.cascadefarm.common.cascade.Cascade;
import dev.cascadefarm.common.cascade.CascadeStage;
import dev.cascadefarm.common.json.WireJson;
import dev.cascadefarm.diffusion.clip.ClipFilesException;
import dev.cascadefarm.diffusion.clip.ClipTextStageConfig;
import dev.cascadefarm.diffusion.diffusers.ConfigException;
import dev.cascadefarm.diffusion.runner.BundleFiles.Weights;
import dev.cascadefarm.diffusion.runner.ClipBundleFiles;
import dev.cascadefarm.diffusion.runner.TorchStageLoader;
import dev.cascadefarm.diffusion.scheduler.SchedulerConfigException;
import dev.cascadefarm.diffusion.weights.WeightsException;
import dev.cascadefarm.standalone.install.CascadeInstallation;
import dev.cascadefarm.standalone.install.Origin;
import dev.cascadefarm.standalone.install.TextStage;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/**
 * A Stable Diffusion pipeline about to become two cascades over the same bundles: one that draws
 * from a caption, and {@code NAME-over}, which starts from a picture. Immutable; {@link #install}
 * belongs on the engine thread.
 *
 * @param name of the first cascade
 */
public record StableDiffusionImport(StableDiffusionParts parts, String name) {
  private static final int VERSION = 1;
  private static final String TEXT = "text";
  private static final String ENCODE = "encode";
  private static final String LATENT = "latent";
  private static final String VAE = "vae";

  /** Nobody has said under which licence the weights are. */
  private static final String LICENCE = "NOASSERTION";

  /**
   * Checks everything but the numbers of the weights.
   *
   * @throws PipelineException if the folder is not as it should be
   */
  public static StableDiffusionImport open(Path folder, String name) {
    try {
      return explained(
          folder, () -> new StableDiffusionImport(StableDiffusionParts.read(folder), name));
    } catch (IOException e) {
      throw new PipelineException(folder + ": cannot be read: " + e.getMessage(), e);
    }
  }

  /**
   * Writes the bundles and the cascades, all or nothing. One part's weights are in memory at a
   * time.
   *
   * @param reports hears a line for every bundle that is written
   * @throws dev.cascadefarm.common.cascade.InvalidCatalogueException if the name is taken
   * @throws PipelineException if weights are damaged or do not fit
   */
  public List<Cascade> install(Path catalogue, Consumer<String> reports) throws IOException {
    return explained(parts.folder(), () -> written(catalogue, reports));
  }

  private List<Cascade> written(Path catalogue, Consumer<String> reports) throws IOException {
    List<Cascade> cascades = List.of(fromCaptions(), overPictures());
    try (CascadeInstallation installation = CascadeInstallation.begin(catalogue, cascades)) {
      reports.accept(TEXT + ": " + StableDiffusionParts.TEXT_ENCODER);
      installText(installation);
      reports.accept(LATENT + ": " + StableDiffusionParts.UNET);
      installLatent(installation);
      reports.accept(VAE + ", " + ENCODE + ": " + StableDiffusionParts.VAE);
      installAutoencoder(installation);
      installation.finish();
    }
    return cascades;
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
    Weights weights = parts.weights(StableDiffusionParts.UNET);
    parts.latent().write(installation.folder(id), id, weights, origin(StableDiffusionParts.UNET));
  }

  private void installAutoencoder(CascadeInstallation installation) {
    BundleId decoder = bundle("vae-decoder");
    BundleId encoder = bundle("vae-encoder");
    Weights weights = parts.weights(StableDiffusionParts.VAE);
    Origin origin = origin(StableDiffusionParts.VAE);
    parts.vae().writeDecoder(installation.folder(decoder), decoder, weights, origin);
    parts.vae().writeEncoder(installation.folder(encoder), encoder, weights, origin);
  }

  private Cascade fromCaptions() {
    String description = "Stable Diffusion, %d pixels".formatted(parts.vae().side());
    Map<String, String> inputs = Map.of("embeds", "text.embeds");
    CascadeStage latent = new CascadeStage(LATENT, bundle(LATENT), inputs);
    return new Cascade(name, VERSION, description, List.of(text(), latent, picture()));
  }

  private Cascade overPictures() {
    String description = "Stable Diffusion over a picture, %d pixels".formatted(parts.vae().side());
    CascadeStage encode =
        new CascadeStage(ENCODE, bundle("vae-encoder"), Map.of("image", "request.init_image"));
    Map<String, String> inputs = Map.of("embeds", "text.embeds", Latents.NAME, "encode.latents");
    CascadeStage latent = new CascadeStage(LATENT, bundle(LATENT), inputs);
    List<CascadeStage> stages = List.of(text(), encode, latent, picture());
    return new Cascade(name + "-over", VERSION, description, stages);
  }

  private CascadeStage text() {
    Map<String, String> inputs =
        Map.of("prompt", "request.prompt", "negative_prompt", "request.negative_prompt");
    return new CascadeStage(TEXT, bundle(TEXT), inputs);
  }

  private CascadeStage picture() {
    return new CascadeStage(VAE, bundle("vae-decoder"), Map.of(Latents.NAME, "latent.latents"));
  }

  private BundleId bundle(String part) {
    return new BundleId(name + "-" + part, VERSION);
  }

  private Origin origin(String part) {
    ObjectNode provenance =
        WireJson.object()
            .put("command", "farm import diffusers --name " + name)
            .put("pipeline", parts.folder().toAbsolutePath().normalize().getFileName().toString())
            .put("part", part);
    provenance.set("licence_files", WireJson.MAPPER.valueToTree(parts.licences()));
    return new Origin(LICENCE, provenance);
  }

  /** Runs what reads a folder; whatever is wrong with it becomes one kind of complaint. */
  private static <T> T explained(Path folder, Reading<T> reading) throws IOException {
    try {
      return reading.run();
    } catch (WeightsException | ConfigException | SchedulerConfigException | ClipFilesException e) {
      throw new PipelineException(e.getMessage(), e);
    } catch (IllegalArgumentException e) {
      throw new PipelineException(folder + ": " + e.getMessage(), e);
    }
  }

  /** Something that reads a folder. */
  private interface Reading<T> {
    T run() throws IOException;
  }
}
