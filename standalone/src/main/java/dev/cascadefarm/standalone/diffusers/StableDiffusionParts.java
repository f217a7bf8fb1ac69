package dev.cascadefarm.standalone.diffusers;

import com.fasterxml.jackson.databind.JsonNode;
import dev.cascadefarm.common.json.WireJson;
import dev.cascadefarm.diffusion.clip.ClipTextConfig;
import dev.cascadefarm.diffusion.clip.ClipTextFolder;
import dev.cascadefarm.diffusion.clip.ClipTokenizerFolder;
import dev.cascadefarm.diffusion.runner.BundleFiles.Weights;
import dev.cascadefarm.diffusion.runner.Unet2dStageConfig;
import dev.cascadefarm.diffusion.scheduler.SchedulerConfig;
import dev.cascadefarm.diffusion.unet2d.Unet2dConfig;
import dev.cascadefarm.diffusion.vae.AutoencoderConfig;
import dev.cascadefarm.diffusion.weights.CheckpointFolder;
import dev.cascadefarm.diffusion.weights.ShardedSafeTensors;
import dev.cascadefarm.standalone.install.AutoencoderStages;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;

/**
 * What the parts of a Stable Diffusion pipeline say of themselves, checked against each other.
 *
 * @param source the folder
 * @param text the text encoder and its tokenizer
 * @param latent the U-Net and its scheduler
 * @param vae the autoencoder
 * @param licences names of the files that look like a licence
 */
record StableDiffusionParts(
    PipelineFolder source,
    ClipTextFolder text,
    LatentStage latent,
    AutoencoderStages vae,
    List<String> licences) {
  static final String TEXT_ENCODER = "text_encoder";
  static final String UNET = "unet";
  static final String VAE = "vae";

  private static final int RGB = 3;
  private static final String SCHEDULER = "scheduler";
  private static final String SCHEDULER_CONFIG = "scheduler_config.json";
  private static final String NOT_FOR_LATENTS = "UnCLIPScheduler";

  StableDiffusionParts {
    licences = List.copyOf(licences);
  }

  /** Reads all configurations, the tokenizer, and where the weights lie. */
  static StableDiffusionParts read(Path folder) throws IOException {
    PipelineFolder source = PipelineFolder.open(folder);
    ClipTextFolder text = new ClipTextFolder(source.part(TEXT_ENCODER), source.part("tokenizer"));
    ClipTextConfig clip = text.config();
    ClipTokenizerFolder.Content tokens = text.tokens(clip);
    byte[] autoencoder = source.bytes(VAE, PipelineFolder.CONFIG);
    AutoencoderConfig vae =
        AutoencoderConfig.parse(autoencoder, source.address(VAE, PipelineFolder.CONFIG));
    byte[] network = source.bytes(UNET, PipelineFolder.CONFIG);
    Unet2dConfig unet = Unet2dConfig.parse(network, source.address(UNET, PipelineFolder.CONFIG));
    requireFit(source, clip, unet, vae);
    int side = unet.sampleSize().get(0);
    Unet2dStageConfig stage =
        new Unet2dStageConfig(
            WireJson.MAPPER.readTree(network), vae.latentChannels(), tokens.maxLength(), true);
    JsonNode file = WireJson.MAPPER.readTree(autoencoder);
    for (String part : List.of(TEXT_ENCODER, UNET, VAE)) {
      ShardedSafeTensors.map(source.part(part));
    }
    return new StableDiffusionParts(
        source,
        text,
        new LatentStage(stage, scheduler(source), side),
        new AutoencoderStages(file, vae, side * vae.reduction()),
        licences(folder));
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

  private static void require(boolean fits, String found, Object expected) {
    if (!fits) {
      throw new PipelineException("%s (expected: %s)".formatted(found, expected));
    }
  }

  /** The scheduler, of the class that the index names. */
  private static SchedulerConfig scheduler(PipelineFolder source) throws IOException {
    byte[] content = source.bytes(SCHEDULER, SCHEDULER_CONFIG);
    String address = source.address(SCHEDULER, SCHEDULER_CONFIG);
    SchedulerConfig config =
        SchedulerConfig.parse(new String(content, StandardCharsets.UTF_8), address);
    String said = WireJson.MAPPER.readTree(content).path("_class_name").asText();
    require(
        said.equals(source.scheduler()),
        "%s: _class_name: %s".formatted(address, said),
        source.scheduler() + ", as " + PipelineFolder.INDEX + " says");
    require(
        !said.equals(NOT_FOR_LATENTS) && !config.learnsVariance(),
        "%s: %s".formatted(address, said),
        "a scheduler of Stable Diffusion, with a fixed variance");
    return config;
  }

  private static List<String> licences(Path folder) {
    return new CheckpointFolder(folder)
        .names().stream()
            .filter(each -> each.toLowerCase(Locale.ROOT).matches("(licen[cs]e|notice).*"))
            .limit(10)
            .toList();
  }

  /** The folder that was given. */
  Path folder() {
    return source.path();
  }

  /** The weights of a part. */
  Weights weights(String part) {
    return Weights.of(ShardedSafeTensors.map(source.part(part)));
  }
}
