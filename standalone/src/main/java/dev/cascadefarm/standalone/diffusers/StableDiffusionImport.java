package dev.cascadefarm.standalone.diffusers;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.cascadefarm.common.cascade.BundleId;
import dev.cascadefarm.common.cascade.Cascade;
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
import dev.cascadefarm.standalone.install.LatentCascades;
import dev.cascadefarm.standalone.install.Origin;
import dev.cascadefarm.standalone.install.TextStage;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
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
    List<Cascade> cascades = cascades();
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

  private List<Cascade> cascades() {
    LatentCascades.Bundles bundles =
        new LatentCascades.Bundles(
            bundle(TEXT), bundle("vae-encoder"), bundle(LATENT), bundle("vae-decoder"));
    LatentCascades both = new LatentCascades(name, VERSION, bundles);
    int side = parts.vae().side();
    return List.of(
        both.fromCaptions("Stable Diffusion, %d pixels".formatted(side)),
        both.overPictures("Stable Diffusion over a picture, %d pixels".formatted(side)));
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
