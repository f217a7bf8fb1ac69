package dev.cascadefarm.standalone.install;

import dev.cascadefarm.common.cascade.BundleId;
import dev.cascadefarm.common.cascade.Cascade;
import dev.cascadefarm.common.cascade.CascadeStage;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/**
 * The two ways through the models of an unCLIP.
 *
 * @param description one line for people, of the way from captions
 * @param enlarger name of the super-resolution stage
 * @param bundle what fills a stage: {@link #TEXT}, {@link #IMAGE}, {@link #PRIOR}, {@link
 *     #DECODER}, or the super-resolution
 */
public record UnclipCascade(
    String name,
    int version,
    String description,
    String enlarger,
    Function<String, BundleId> bundle) {
  public static final String TEXT = "text";
  public static final String IMAGE = "image";
  public static final String PRIOR = "prior";
  public static final String DECODER = "decoder";

  private static final String EMBEDS = "embeds";

  /** From a caption, by way of the embedding that the prior makes of it. */
  public Cascade fromCaptions() {
    Map<String, String> prompts =
        Map.of("prompt", "request.prompt", "negative_prompt", "request.negative_prompt");
    Map<String, String> caption = Map.of(EMBEDS, "text.embeds");
    return new Cascade(
        name,
        version,
        description,
        List.of(
            stage(TEXT, prompts),
            stage(PRIOR, caption),
            stage(
                DECODER,
                Map.of(EMBEDS, "text.embeds", UnclipStages.IMAGE_EMBED, "prior.image_embed")),
            stage(enlarger, Map.of(EMBEDS, "text.embeds", "image", "decoder.image"))));
  }

  /** From a picture's own embedding, without words: {@code NAME-vary}. */
  public Cascade variations() {
    return new Cascade(
        name + "-vary",
        version,
        "Variations of a picture of your own, by " + name,
        List.of(
            stage(IMAGE, Map.of("image", "request.init_image")),
            stage(DECODER, Map.of(UnclipStages.IMAGE_EMBED, "image.image_embed")),
            stage(enlarger, Map.of("image", "decoder.image"))));
  }

  private CascadeStage stage(String stage, Map<String, String> inputs) {
    return new CascadeStage(stage, bundle.apply(stage), inputs);
  }
}
