package dev.cascadefarm.standalone.install;

import static dev.cascadefarm.standalone.install.BetweenStages.EMBEDS;
import static dev.cascadefarm.standalone.install.BetweenStages.IMAGE;
import static dev.cascadefarm.standalone.install.BetweenStages.LATENTS;

import dev.cascadefarm.common.cascade.BundleId;
import dev.cascadefarm.common.cascade.Cascade;
import dev.cascadefarm.common.cascade.CascadeStage;
import dev.cascadefarm.common.cascade.RequestField;
import java.util.List;
import java.util.Map;

/**
 * The two cascades of latent diffusion over the same bundles: {@code NAME} draws from a caption,
 * {@code NAME-over} starts from a picture.
 *
 * @param name of the first
 */
public record LatentCascades(String name, int version, Bundles bundles) {
  private static final String TEXT = "text";
  private static final String ENCODE = "encode";
  private static final String LATENT = "latent";
  private static final String VAE = "vae";

  /**
   * What fills the stages.
   *
   * @param text encodes captions
   * @param encode makes latents of a picture
   * @param latent draws latents
   * @param vae makes pictures of latents
   */
  public record Bundles(BundleId text, BundleId encode, BundleId latent, BundleId vae) {}

  /** The cascade that draws from a caption. */
  public Cascade fromCaptions(String description) {
    Map<String, String> inputs = Map.of(EMBEDS, TEXT + "." + EMBEDS);
    CascadeStage latent = new CascadeStage(LATENT, bundles.latent(), inputs);
    return new Cascade(name, version, description, List.of(text(), latent, picture()));
  }

  /** The cascade that starts from a picture. */
  public Cascade overPictures(String description) {
    CascadeStage encode =
        new CascadeStage(ENCODE, bundles.encode(), Map.of(IMAGE, RequestField.INIT_IMAGE.source()));
    Map<String, String> inputs =
        Map.of(EMBEDS, TEXT + "." + EMBEDS, LATENTS, ENCODE + "." + LATENTS);
    CascadeStage latent = new CascadeStage(LATENT, bundles.latent(), inputs);
    return new Cascade(
        name + "-over", version, description, List.of(text(), encode, latent, picture()));
  }

  private CascadeStage text() {
    return new CascadeStage(TEXT, bundles.text(), TextStage.PROMPTS);
  }

  private CascadeStage picture() {
    return new CascadeStage(VAE, bundles.vae(), Map.of(LATENTS, LATENT + "." + LATENTS));
  }
}
