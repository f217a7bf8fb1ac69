package dev.cascadefarm.standalone.diffusers;

import static dev.cascadefarm.standalone.diffusers.PipelineException.require;

import dev.cascadefarm.diffusion.clip.ClipTextConfig;
import dev.cascadefarm.diffusion.clip.ClipTextFolder;
import dev.cascadefarm.diffusion.karlo.PriorTransformerConfig;
import dev.cascadefarm.diffusion.karlo.TextProjectionConfig;
import dev.cascadefarm.diffusion.scheduler.SchedulerConfig;
import dev.cascadefarm.diffusion.unet2d.Unet2dConfig;
import dev.cascadefarm.standalone.diffusers.PipelineForm.Part;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/**
 * What the parts of a pipeline of Karlo's kind say of themselves, checked against each other.
 *
 * @param source the folder
 * @param text the text encoder and its tokenizer
 * @param tokens of a caption
 * @param embedding width of an embedding, a picture's or a caption's
 * @param sides of its pictures, in pixels
 * @param schedulers how its three stages sample
 */
record KarloPipeline(
    PipelineFolder source,
    ClipTextFolder text,
    int tokens,
    int embedding,
    Sides sides,
    Schedulers schedulers) {
  /** The class of such a pipeline. */
  static final String PIPELINE = "UnCLIPPipeline";

  static final String TEXT_ENCODER = "text_encoder";
  static final String PRIOR = "prior";
  static final String TEXT_PROJ = "text_proj";
  static final String DECODER = "decoder";
  static final String FIRST = "super_res_first";
  static final String LAST = "super_res_last";

  /** Channels of a picture. */
  static final int RGB = 3;

  private static final String SCHEDULER = "UnCLIPScheduler";
  private static final String PRIOR_SCHEDULER = "prior_scheduler";
  private static final String DECODER_SCHEDULER = "decoder_scheduler";
  private static final String ENLARGER_SCHEDULER = "super_res_scheduler";

  private static final PipelineForm FORM =
      new PipelineForm(
          PIPELINE,
          List.of(
              Part.transformers(TEXT_ENCODER, "CLIPTextModelWithProjection"),
              Part.transformers("tokenizer", "CLIPTokenizer", "CLIPTokenizerFast"),
              Part.diffusers(PRIOR, PriorTransformerConfig.CLASS),
              Part.pipelines(TEXT_PROJ, "unclip", TextProjectionConfig.CLASS),
              Part.diffusers(DECODER, Unet2dConfig.CONDITIONAL),
              Part.diffusers(FIRST, Unet2dConfig.UNCONDITIONAL),
              Part.diffusers(LAST, Unet2dConfig.UNCONDITIONAL),
              Part.diffusers(PRIOR_SCHEDULER, SCHEDULER),
              Part.diffusers(DECODER_SCHEDULER, SCHEDULER),
              Part.diffusers(ENLARGER_SCHEDULER, SCHEDULER)),
          List.of());

  /**
   * Sides of pictures, in pixels.
   *
   * @param small of what the decoder draws
   * @param large of what that is enlarged to
   */
  record Sides(int small, int large) {}

  /** How its three stages sample. */
  record Schedulers(SchedulerConfig prior, SchedulerConfig decoder, SchedulerConfig enlarger) {}

  /** Reads all configurations, the tokenizer, and where the weights lie. */
  static KarloPipeline read(Path folder) throws IOException {
    PipelineFolder source = PipelineFolder.open(folder, FORM);
    ClipTextFolder text = new ClipTextFolder(source.part(TEXT_ENCODER), source.part("tokenizer"));
    ClipTextConfig clip = text.config();
    int tokens = text.tokens(clip).maxLength();
    require(
        clip.projectionDim() > 0,
        source.address(TEXT_ENCODER, PipelineFolder.CONFIG) + ": architectures",
        "CLIPTextModelWithProjection");
    PriorTransformerConfig prior =
        PriorTransformerConfig.parse(
            source.bytes(PRIOR, PipelineFolder.CONFIG),
            source.address(PRIOR, PipelineFolder.CONFIG));
    KarloFit fit = new KarloFit(source);
    fit.requirePrior(prior, clip, tokens);
    TextProjectionConfig projection =
        TextProjectionConfig.parse(
            source.bytes(TEXT_PROJ, PipelineFolder.CONFIG),
            source.address(TEXT_PROJ, PipelineFolder.CONFIG));
    fit.requireProjection(projection, clip);
    Unet2dConfig decoder = source.unet(DECODER);
    fit.requireDecoder(decoder, projection, tokens);
    Sides sides = new Sides(decoder.sampleSize().get(0), fit.enlargedSide(decoder));
    Schedulers schedulers = schedulers(source);
    source.requireWeights(TEXT_ENCODER, PRIOR, TEXT_PROJ, DECODER, FIRST, LAST);
    return new KarloPipeline(source, text, tokens, projection.embedding(), sides, schedulers);
  }

  private static Schedulers schedulers(PipelineFolder source) {
    return new Schedulers(
        scheduler(source, PRIOR_SCHEDULER, false),
        scheduler(source, DECODER_SCHEDULER, true),
        scheduler(source, ENLARGER_SCHEDULER, false));
  }

  private static SchedulerConfig scheduler(PipelineFolder source, String part, boolean learned) {
    SchedulerConfig scheduler = source.scheduler(part);
    require(
        scheduler.learnsVariance() == learned,
        "%s: variance_type: %s"
            .formatted(source.part(part), scheduler.options().habits().variance()),
        learned
            ? "learned_range, the decoder has channels for it"
            : "fixed_small_log, the network has no channels for another");
    return scheduler;
  }
}
