package dev.cascadefarm.diffusion.torchscript;

import static dev.cascadefarm.diffusion.torchscript.GuestPredictor.EMBEDS;
import static dev.cascadefarm.diffusion.torchscript.GuestPredictor.IMAGE;
import static dev.cascadefarm.diffusion.torchscript.GuestPredictor.IMAGE_TIMESTEP;
import static dev.cascadefarm.diffusion.torchscript.GuestPredictor.KEEP;
import static dev.cascadefarm.diffusion.torchscript.GuestPredictor.MASK;
import static dev.cascadefarm.diffusion.torchscript.GuestPredictor.POOLED;
import static dev.cascadefarm.diffusion.torchscript.GuestPredictor.PREDICTION;
import static dev.cascadefarm.diffusion.torchscript.GuestPredictor.TIMESTEP;
import static dev.cascadefarm.diffusion.torchscript.GuestPredictor.X;
import static dev.cascadefarm.diffusion.torchscript.GuestPredictor.X_AND_IMAGE;

import dev.cascadefarm.diffusion.json.ConfigFile;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * A guest as a stage of a kind: which names its call may use, and what they must look like.
 * Immutable.
 *
 * @param latents of a diffusion stage: whether it draws latents, not pictures
 * @param words of a text encoder
 */
public record GuestStage(GuestCall call, boolean latents, Words words) {
  public static final String LATENTS = "latents";
  public static final String IDS = "ids";

  /** Channels of the farm's pictures. */
  private static final int RGB = 3;

  private static final Set<String> DRAWN = Set.of(IMAGE, LATENTS);

  /**
   * How captions reach a text encoder.
   *
   * @param padding number of the token that fills a caption up
   * @param noCaption the caption that stands for a missing negative prompt; absent where the stages
   *     it guides have their own
   */
  public record Words(int padding, Optional<String> noCaption) {
    static final Words NONE = new Words(0, Optional.empty());
  }

  /** The kinds that a guest can be. */
  public enum Kind {
    DIFFUSION("diffusion"),
    TEXT_ENCODER("text-encoder"),
    VAE_ENCODER("vae-encoder"),
    VAE_DECODER("vae-decoder");

    private final String word;

    Kind(String word) {
      this.word = word;
    }

    /** As bundles call it. */
    public String word() {
      return word;
    }

    /** The kind of that name. */
    public static Optional<Kind> of(String word) {
      return List.of(values()).stream().filter(each -> each.word.equals(word)).findFirst();
    }

    /** All names, for messages. */
    public static String words() {
      return String.join(", ", List.of(values()).stream().map(Kind::word).toList());
    }
  }

  /**
   * Reads what a description says of a call; its other keys are left to the caller.
   *
   * @param place where it stands, for complaints
   * @throws TorchScriptException naming what a stage of that kind cannot be
   */
  public static GuestStage parse(Kind kind, ConfigFile file, String place) {
    GuestCall call = GuestCall.parse(file, place);
    GuestRoles roles = new GuestRoles(place, call);
    return switch (kind) {
      case DIFFUSION -> diffusion(call, roles, file);
      case TEXT_ENCODER -> text(call, roles, file);
      case VAE_ENCODER -> half(call, roles, IMAGE, LATENTS);
      case VAE_DECODER -> half(call, roles, LATENTS, IMAGE);
    };
  }

  private static GuestStage diffusion(GuestCall call, GuestRoles roles, ConfigFile file) {
    String drawn = file.text("draws", IMAGE);
    if (!DRAWN.contains(drawn)) {
      throw file.refused("draws", drawn, "image or latents");
    }
    boolean latents = drawn.equals(LATENTS);
    boolean joined = call.input(X_AND_IMAGE).isPresent();
    boolean enlarges = joined || call.input(IMAGE).isPresent();
    String x = joined ? X_AND_IMAGE : X;
    roles.inputs(X, X_AND_IMAGE, TIMESTEP, EMBEDS, MASK, KEEP, POOLED, IMAGE, IMAGE_TIMESTEP);
    roles.outputs(PREDICTION, GuestTensor.UNUSED);
    roles.require(joined != call.input(X).isPresent(), X, "one of x and x+image");
    roles.require(!(joined && call.input(IMAGE).isPresent()), IMAGE, "none beside x+image");
    roles.require(!(latents && enlarges), IMAGE, "none, with latents");
    roles.picture(x);
    int all = roles.size(x, 0);
    int channels = joined ? all / 2 : all;
    roles.require(!joined || all % 2 == 0, x, "channels of x, and as many of the image");
    roles.require(latents || channels == RGB, x, "3 channels; pictures are RGB");
    conditions(call, roles, List.of(channels, roles.size(x, 1), roles.size(x, 1)));
    return new GuestStage(call, latents, Words.NONE);
  }

  /** Demands what else a predictor hears, and what it says, for x of that shape. */
  private static void conditions(GuestCall call, GuestRoles roles, List<Integer> x) {
    roles.prediction(x.get(0), x.get(1));
    roles.sample(IMAGE, x);
    roles.require(call.input(TIMESTEP).isPresent(), TIMESTEP, "an input of that name");
    for (String each : List.of(TIMESTEP, KEEP, IMAGE_TIMESTEP)) {
      roles.perSample(each);
    }
    roles.require(
        call.input(MASK).isEmpty() || call.input(EMBEDS).isPresent(), MASK, "embeds beside it");
    roles.captions();
  }

  private static GuestStage text(GuestCall call, GuestRoles roles, ConfigFile file) {
    roles.inputs(IDS, MASK);
    roles.outputs(EMBEDS, POOLED, GuestTensor.UNUSED);
    roles.require(call.input(IDS).isPresent(), IDS, "an input of that name");
    roles.require(call.output(EMBEDS).isPresent(), EMBEDS, "an output of that name");
    roles.require(
        call.input(IDS).map(each -> !each.dtype().fractional()).orElse(false)
            && call.input(IDS).map(each -> each.shape().size() == 1).orElse(false),
        IDS,
        "[B, N] of int64 or int32");
    roles.text(roles.size(IDS, 0));
    Optional<String> none =
        file.has("no_caption") ? Optional.of(file.text("no_caption", "")) : Optional.empty();
    int padding = file.integer("pad_token_id", 0, 0, Integer.MAX_VALUE);
    return new GuestStage(call, false, new Words(padding, none));
  }

  /** The half of an autoencoder that makes the one of the other. */
  private static GuestStage half(GuestCall call, GuestRoles roles, String given, String made) {
    roles.inputs(given);
    roles.outputs(made, GuestTensor.UNUSED);
    roles.require(call.output(made).isPresent(), made, "an output of that name");
    roles.picture(IMAGE);
    roles.picture(LATENTS);
    roles.require(roles.size(IMAGE, 0) == RGB, IMAGE, "3 channels; pictures are RGB");
    return new GuestStage(call, made.equals(LATENTS), Words.NONE);
  }

  /** Side of the picture, or of the latents, that a stage of this kind draws or takes. */
  public int side(Kind kind) {
    return switch (kind) {
      case DIFFUSION ->
          call.input(X).or(() -> call.input(X_AND_IMAGE)).orElseThrow().shape().get(1);
      case TEXT_ENCODER -> 0;
      case VAE_ENCODER -> call.input(IMAGE).orElseThrow().shape().get(1);
      case VAE_DECODER -> call.output(IMAGE).orElseThrow().shape().get(1);
    };
  }
}
