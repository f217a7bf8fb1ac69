package dev.cascadefarm.standalone.diffusers;

import static dev.cascadefarm.standalone.diffusers.PipelineException.require;

import com.fasterxml.jackson.databind.JsonNode;
import dev.cascadefarm.diffusion.clip.ClipTextConfig;
import dev.cascadefarm.diffusion.clip.ClipTextFolder;
import dev.cascadefarm.diffusion.clip.ClipTokenizerFolder;
import dev.cascadefarm.diffusion.runner.Unet2dStageConfig;
import dev.cascadefarm.diffusion.scheduler.SchedulerConfig;
import dev.cascadefarm.diffusion.unet2d.Unet2dConfig;
import dev.cascadefarm.diffusion.vae.AutoencoderConfig;
import dev.cascadefarm.standalone.diffusers.PipelineForm.Part;
import dev.cascadefarm.standalone.install.AutoencoderStages;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/**
 * What the parts of a Stable Diffusion pipeline say of themselves, checked against each other.
 *
 * @param source the folder
 * @param text the text encoder and its tokenizer
 * @param latent the U-Net and its scheduler
 * @param vae the autoencoder
 */
record StableDiffusionParts(
    PipelineFolder source, ClipTextFolder text, LatentStage latent, AutoencoderStages vae) {
  static final String PIPELINE = "StableDiffusionPipeline";
  static final String TEXT_ENCODER = "text_encoder";
  static final String UNET = "unet";
  static final String VAE = "vae";

  private static final int RGB = 3;
  private static final String SCHEDULER = "scheduler";
  private static final String NOT_FOR_LATENTS = "UnCLIPScheduler";

  private static final PipelineForm FORM =
      new PipelineForm(
          PIPELINE,
          List.of(
              Part.transformers(TEXT_ENCODER, "CLIPTextModel"),
              Part.transformers("tokenizer", "CLIPTokenizer", "CLIPTokenizerFast"),
              Part.diffusers(UNET, Unet2dConfig.CONDITIONAL),
              Part.diffusers(VAE, "AutoencoderKL"),
              Part.diffusers(SCHEDULER)),
          List.of(
              "safety_checker", "requires_safety_checker", "feature_extractor", "image_encoder"));

  /** Reads all configurations, the tokenizer, and where the weights lie. */
  static StableDiffusionParts read(Path folder) throws IOException {
    PipelineFolder source = PipelineFolder.open(folder, FORM);
    ClipTextFolder text = new ClipTextFolder(source.part(TEXT_ENCODER), source.part("tokenizer"));
    ClipTextConfig clip = text.config();
    ClipTokenizerFolder.Content tokens = text.tokens(clip);
    byte[] autoencoder = source.bytes(VAE, PipelineFolder.CONFIG);
    AutoencoderConfig vae =
        AutoencoderConfig.parse(autoencoder, source.address(VAE, PipelineFolder.CONFIG));
    Unet2dConfig unet = source.unet(UNET);
    requireFit(source, clip, unet, vae);
    int side = unet.sampleSize().get(0);
    Unet2dStageConfig stage =
        new Unet2dStageConfig(source.config(UNET), vae.latentChannels(), tokens.maxLength(), true);
    JsonNode file = source.config(VAE);
    source.requireWeights(TEXT_ENCODER, UNET, VAE);
    return new StableDiffusionParts(
        source,
        text,
        new LatentStage(stage, scheduler(source), side),
        new AutoencoderStages(file, vae, side * vae.reduction()));
  }

  private static void requireFit(
      PipelineFolder source, ClipTextConfig clip, Unet2dConfig unet, AutoencoderConfig vae) {
    String file = source.address(UNET, PipelineFolder.CONFIG);
    int channels = vae.latentChannels();
    List<Integer> size = unet.sampleSize();
    require(
        size.size() == 2 && size.get(0).equals(size.get(1)),
        file + ": sample_size: " + size,
        "one number, the latents' side");
    require(unet.conditional(), file + ": _class_name", Unet2dConfig.CONDITIONAL);
    require(!unet.labelled(), file + ": class_embed_type", "null");
    require(
        unet.inChannels() == channels && unet.outChannels() == channels,
        "%s: in_channels: %d, out_channels: %d"
            .formatted(file, unet.inChannels(), unet.outChannels()),
        channels + ", latent_channels of the vae");
    require(
        unet.tokenWidth() == clip.hiddenSize(),
        file + ": cross_attention_dim: " + unet.tokenWidth(),
        clip.hiddenSize() + ", hidden_size of the text encoder");
    require(
        vae.inChannels() == RGB && vae.outChannels() == RGB,
        source.address(VAE, PipelineFolder.CONFIG) + ": in_channels: " + vae.inChannels(),
        "3 in and out, the farm's pictures are RGB");
  }

  private static SchedulerConfig scheduler(PipelineFolder source) {
    SchedulerConfig config = source.scheduler(SCHEDULER);
    String said = source.classes().get(SCHEDULER);
    require(
        !NOT_FOR_LATENTS.equals(said) && !config.learnsVariance(),
        "%s: %s".formatted(source.part(SCHEDULER), said),
        "a scheduler of Stable Diffusion, with a fixed variance");
    return config;
  }
}
