package dev.cascadefarm.standalone.diffusers;

import static dev.cascadefarm.standalone.diffusers.PipelineException.require;

import dev.cascadefarm.diffusion.denoise.Predictor.Extent;
import dev.cascadefarm.diffusion.imagen.LowresPicture;
import dev.cascadefarm.diffusion.runner.Unet2dStageConfig;
import dev.cascadefarm.diffusion.scheduler.SchedulerConfig;
import dev.cascadefarm.diffusion.scheduler.Thresholding;
import dev.cascadefarm.diffusion.t5.T5Parts;
import dev.cascadefarm.diffusion.unet2d.Unet2d;
import dev.cascadefarm.diffusion.unet2d.Unet2dConfig;
import dev.cascadefarm.diffusion.unet2d.Unet2dPredictor;
import dev.cascadefarm.standalone.diffusers.PipelineForm.Part;
import dev.cascadefarm.standalone.install.DiffusionParameters;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * What a pipeline of DeepFloyd IF says of itself: the first stage, which draws, or the second,
 * which enlarges.
 *
 * @param source the folder
 * @param text its T5; absent if it was saved without
 * @param stage its U-Net and scheduler
 */
record DeepFloydPipeline(PipelineFolder source, Optional<T5Parts> text, PixelStage stage) {
  /** The class of a first stage. */
  static final String BASE = "IFPipeline";

  /** The class of a second stage. */
  static final String SUPER_RESOLUTION = "IFSuperResolutionPipeline";

  static final String TEXT_ENCODER = "text_encoder";
  static final String TOKENIZER = "tokenizer";
  static final String UNET = "unet";

  /** Tokens of a caption that IF was taught with. */
  static final int TOKENS = 77;

  private static final String SCHEDULER = "scheduler";
  private static final String NOISING = "image_noising_scheduler";
  private static final int RGB = 3;

  /** Noise level of the small picture: 250 of 1000 timesteps. */
  private static final double LEVEL = 0.25;

  /** Reads a first stage. */
  static DeepFloydPipeline base(Path folder) throws IOException {
    PipelineFolder source = PipelineFolder.open(folder, form(BASE, List.of(), false));
    PixelStage stage =
        stage(
            source,
            PipelineSampling.asSaid(source.scheduler(SCHEDULER), 100, 7),
            LowresPicture.AS_TRAINED,
            DiffusionParameters.NO_SMALL_PICTURE);
    return new DeepFloydPipeline(source, text(source), stage);
  }

  /** Reads a second stage, which need not have a T5. */
  static DeepFloydPipeline enlarger(Path folder) throws IOException {
    List<Part> more = List.of(Part.diffusers(NOISING));
    PipelineFolder source = PipelineFolder.open(folder, form(SUPER_RESOLUTION, more, true));
    SchedulerConfig noising = source.scheduler(NOISING);
    PixelStage stage =
        stage(
            source,
            PipelineSampling.asSaid(source.scheduler(SCHEDULER), 50, 4),
            LowresPicture.deepFloyd(noising.schedule(), noising.timesteps()),
            LEVEL);
    return new DeepFloydPipeline(source, text(source), stage);
  }

  private static PipelineForm form(String name, List<Part> more, boolean textOptional) {
    Part encoder = Part.transformers(TEXT_ENCODER, "T5EncoderModel");
    Part tokenizer = Part.transformers(TOKENIZER, "T5Tokenizer", "T5TokenizerFast");
    List<Part> parts = new ArrayList<>(more);
    parts.add(textOptional ? encoder.orNone() : encoder);
    parts.add(textOptional ? tokenizer.orNone() : tokenizer);
    parts.add(Part.diffusers(UNET, Unet2dConfig.CONDITIONAL));
    parts.add(Part.diffusers(SCHEDULER));
    List<String> skipped =
        List.of("safety_checker", "requires_safety_checker", "feature_extractor", "watermarker");
    return new PipelineForm(name, parts, skipped);
  }

  private static Optional<T5Parts> text(PipelineFolder source) {
    if (!source.has(TEXT_ENCODER) || !source.has(TOKENIZER)) {
      return Optional.empty();
    }
    return Optional.of(T5Parts.open(source.part(TEXT_ENCODER), source.part(TOKENIZER)));
  }

  private static PixelStage stage(
      PipelineFolder source, PipelineSampling sampling, LowresPicture lowres, double aug)
      throws IOException {
    Unet2dConfig unet = source.unet(UNET);
    requireFit(source, unet, sampling, aug >= 0);
    source.requireWeights(UNET);
    int side = unet.sampleSize().get(0);
    Unet2dStageConfig config = new Unet2dStageConfig(source.config(UNET), RGB, TOKENS, false);
    return new PixelStage(config, sampling, lowres, aug, side);
  }

  private static void requireFit(
      PipelineFolder source, Unet2dConfig unet, PipelineSampling sampling, boolean enlarges) {
    String file = source.address(UNET, PipelineFolder.CONFIG);
    List<Integer> size = unet.sampleSize();
    require(
        size.size() == 2 && size.get(0).equals(size.get(1)),
        file + ": sample_size: " + size,
        "one number, the pictures' side");
    int inChannels = enlarges ? 2 * RGB : RGB;
    require(
        unet.inChannels() == inChannels, file + ": in_channels: " + unet.inChannels(), inChannels);
    require(
        unet.labelled() == enlarges, file + ": class_embed_type", enlarges ? "timestep" : "null");
    int outChannels = sampling.scheduler().learnsVariance() ? 2 * RGB : RGB;
    require(
        unet.outChannels() == outChannels,
        file + ": out_channels: " + unet.outChannels(),
        outChannels + ", as variance_type of the scheduler says");
    Thresholding thresholding = sampling.thresholding();
    require(
        thresholding.kind() != Thresholding.Kind.STATIC || thresholding.limit() == 1,
        source.part(SCHEDULER) + ": clip_sample_range: " + thresholding.limit(),
        1);
    // It refuses what else does not fit: sides that do not halve, other kinds of labels.
    Extent extent = Extent.square(RGB, size.get(0));
    require(
        new Unet2dPredictor(new Unet2d(unet), extent, TOKENS).enlarges() == enlarges,
        file + ": in_channels: " + unet.inChannels(),
        inChannels);
  }

  /**
   * Demands that it hears the captions of a T5.
   *
   * @throws PipelineException if they are of another width
   */
  void requireHears(T5Parts encoder) {
    int width = source.unet(UNET).tokenWidth();
    require(
        width == encoder.config().dModel(),
        "%s: encoder_hid_dim: %d".formatted(source.address(UNET, PipelineFolder.CONFIG), width),
        encoder.config().dModel() + ", d_model of " + encoder.path());
  }
}
