package dev.cascadefarm.standalone.install;

import static dev.cascadefarm.standalone.install.BetweenStages.EMBEDS;
import static dev.cascadefarm.standalone.install.BetweenStages.IMAGE_EMBED;

import dev.cascadefarm.common.cascade.BundleId;
import dev.cascadefarm.common.cascade.Cascade;
import dev.cascadefarm.common.cascade.CascadeStage;
import dev.cascadefarm.common.cascade.RequestField;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/**
 * The ways through the models of an unCLIP.
 *
 * @param description one line for people, of the way from captions
 * @param enlarger name of the super-resolution stage
 * @param bundle what fills a stage: {@link #TEXT}, {@link #IMAGE}, {@link #PRIOR}, {@link #BLEND},
 *     {@link #DECODER}, or the super-resolution
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
  public static final String BLEND = "blend";
  public static final String DECODER = "decoder";

  /** Of a stage that is there twice, the second. */
  private static final String SECOND = "-b";

  /** From what to what a blend goes. */
  public enum Ends {
    PICTURES("-blend", "two pictures of your own"),
    CAPTIONS("-blend-captions", "two captions"),
    /** From the picture to the caption. */
    PICTURE_AND_CAPTION("-blend-mixed", "a picture of your own and a caption");

    private final String suffix;
    private final String words;

    Ends(String suffix, String words) {
      this.suffix = suffix;
      this.words = words;
    }

    /** The name of that cascade of the unCLIP {@code name}. */
    public String cascade(String name) {
      return name + suffix;
    }
  }

  /** All of them. */
  public List<Cascade> all() {
    List<Cascade> all = new ArrayList<>(List.of(fromCaptions(), variations()));
    for (Ends ends : Ends.values()) {
      all.add(between(ends));
    }
    return all;
  }

  /** From a caption, by way of the embedding that the prior makes of it. */
  Cascade fromCaptions() {
    Map<String, String> caption = Map.of(EMBEDS, "text.embeds");
    return new Cascade(
        name,
        version,
        description,
        List.of(
            stage(TEXT, TextStage.PROMPTS),
            stage(PRIOR, caption),
            stage(DECODER, Map.of(EMBEDS, "text.embeds", IMAGE_EMBED, "prior.image_embed")),
            stage(enlarger, Map.of(EMBEDS, "text.embeds", BetweenStages.IMAGE, "decoder.image"))));
  }

  /** From a picture's own embedding, without words: {@code NAME-vary}. */
  Cascade variations() {
    String what = "Variations of a picture of your own, by " + name;
    return drawing(name + "-vary", what, List.of(image("", RequestField.INIT_IMAGE)), IMAGE);
  }

  /** From the one to the other, by their embeddings; decoder and super-resolution hear no words. */
  Cascade between(Ends ends) {
    List<CascadeStage> stages = new ArrayList<>(embedding(ends));
    String a = ends == Ends.CAPTIONS ? PRIOR : IMAGE;
    String b =
        switch (ends) {
          case PICTURES -> IMAGE + SECOND;
          case CAPTIONS -> PRIOR + SECOND;
          case PICTURE_AND_CAPTION -> PRIOR;
        };
    stages.add(stage(BLEND, Map.of(IMAGE_EMBED, of(a), UnclipStages.IMAGE_EMBED_B, of(b))));
    return drawing(ends.cascade(name), "Between " + ends.words + ", by " + name, stages, BLEND);
  }

  private List<CascadeStage> embedding(Ends ends) {
    return switch (ends) {
      case PICTURES ->
          List.of(image("", RequestField.INIT_IMAGE), image(SECOND, RequestField.INIT_IMAGE_B));
      case CAPTIONS ->
          List.of(
              text("", RequestField.PROMPT),
              prior(""),
              text(SECOND, RequestField.PROMPT_B),
              prior(SECOND));
      case PICTURE_AND_CAPTION ->
          List.of(image("", RequestField.INIT_IMAGE), text("", RequestField.PROMPT), prior(""));
    };
  }

  /** A cascade that draws the embedding of one of its stages, without words. */
  private Cascade drawing(String cascade, String what, List<CascadeStage> embedding, String stage) {
    List<CascadeStage> stages = new ArrayList<>(embedding);
    stages.add(stage(DECODER, Map.of(IMAGE_EMBED, of(stage))));
    stages.add(stage(enlarger, Map.of(BetweenStages.IMAGE, "decoder.image")));
    return new Cascade(cascade, version, what, stages);
  }

  private CascadeStage image(String second, RequestField field) {
    return stage(IMAGE, second, Map.of(BetweenStages.IMAGE, field.source()));
  }

  private CascadeStage text(String second, RequestField field) {
    return stage(TEXT, second, Map.of("prompt", field.source()));
  }

  private CascadeStage prior(String second) {
    return stage(PRIOR, second, Map.of(EMBEDS, TEXT + second + "." + EMBEDS));
  }

  private static String of(String stage) {
    return stage + "." + IMAGE_EMBED;
  }

  private CascadeStage stage(String stage, Map<String, String> inputs) {
    return stage(stage, "", inputs);
  }

  private CascadeStage stage(String stage, String second, Map<String, String> inputs) {
    return new CascadeStage(stage + second, bundle.apply(stage), inputs);
  }
}
