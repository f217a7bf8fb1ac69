package dev.cascadefarm.diffusion.runner;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.cascadefarm.diffusion.clip.ClipFilesException;
import dev.cascadefarm.diffusion.clip.ClipTextEncoder;
import dev.cascadefarm.diffusion.clip.ClipTextStageConfig;
import dev.cascadefarm.diffusion.clip.ClipTokenizer;
import dev.cascadefarm.diffusion.clip.ClipVisionEncoder;
import dev.cascadefarm.diffusion.clip.ClipVisionStageConfig;
import dev.cascadefarm.diffusion.diffusers.ConfigException;
import dev.cascadefarm.diffusion.engine.TorchModule;
import dev.cascadefarm.diffusion.graph.Graph;
import dev.cascadefarm.diffusion.imagen.UnetConfig;
import dev.cascadefarm.diffusion.stage.StageDefinition;
import dev.cascadefarm.diffusion.stage.StageException;
import dev.cascadefarm.diffusion.stage.StageLoader;
import dev.cascadefarm.diffusion.stage.StageRunner;
import dev.cascadefarm.diffusion.t5.T5Convention;
import dev.cascadefarm.diffusion.t5.T5Encoder;
import dev.cascadefarm.diffusion.t5.T5FilesException;
import dev.cascadefarm.diffusion.t5.T5TextConfig;
import dev.cascadefarm.diffusion.t5.T5TextEncoder;
import dev.cascadefarm.diffusion.t5.T5Tokenizer;
import dev.cascadefarm.diffusion.text.TextEncoder;
import dev.cascadefarm.diffusion.text.TextEncoderConfig;
import dev.cascadefarm.diffusion.text.WordTokenizer;
import dev.cascadefarm.diffusion.torchscript.TorchScriptException;
import dev.cascadefarm.diffusion.unclip.Clip;
import dev.cascadefarm.diffusion.unclip.ClipConfig;
import dev.cascadefarm.diffusion.unclip.DecoderConfig;
import dev.cascadefarm.diffusion.unclip.PriorConfig;
import dev.cascadefarm.diffusion.vae.Autoencoder;
import dev.cascadefarm.diffusion.vae.AutoencoderConfig;
import dev.cascadefarm.diffusion.vae.LatentEncoder;
import dev.cascadefarm.diffusion.weights.Initialization;
import dev.cascadefarm.diffusion.weights.SafeTensors;
import dev.cascadefarm.diffusion.weights.TensorView;
import dev.cascadefarm.diffusion.weights.WeightsException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/** Loads stages whose models are written in Java, from safetensors. Stateless. */
public final class TorchStageLoader implements StageLoader {
  /** The kind of a stage that encodes captions. */
  public static final String TEXT_KIND = "text-encoder";

  /** The kind of a stage that encodes captions with a T5. */
  public static final String T5_KIND = "t5-encoder";

  /** The kind of a stage that encodes captions with a CLIP. */
  public static final String CLIP_TEXT_KIND = "clip-text";

  /** The kind of a stage that encodes pictures with a CLIP. */
  public static final String CLIP_IMAGE_KIND = "clip-image";

  /** The kind of a stage that makes latents of pictures. */
  public static final String VAE_ENCODER_KIND = "vae-encoder";

  /** The kind of a stage that makes pictures of latents. */
  public static final String VAE_DECODER_KIND = "vae-decoder";

  /** The kind of a stage that draws or enlarges. */
  public static final String DIFFUSION_KIND = "diffusion";

  /** The kind of a stage that encodes captions with an unCLIP's own CLIP. */
  public static final String UNCLIP_TEXT_KIND = "unclip-text";

  /** The kind of a stage that embeds pictures with an unCLIP's own CLIP. */
  public static final String UNCLIP_IMAGE_KIND = "unclip-image";

  /** The kind of a stage that makes the embedding of a picture from a caption. */
  public static final String UNCLIP_PRIOR_KIND = "unclip-prior";

  /** The kind of a stage that draws the picture of an embedding. */
  public static final String UNCLIP_DECODER_KIND = "unclip-decoder";

  /** The kind of a stage that goes from one picture's embedding to another's. */
  public static final String UNCLIP_BLEND_KIND = "unclip-blend";

  private static final List<String> KINDS =
      List.of(
          TEXT_KIND,
          T5_KIND,
          CLIP_TEXT_KIND,
          CLIP_IMAGE_KIND,
          VAE_ENCODER_KIND,
          VAE_DECODER_KIND,
          DIFFUSION_KIND,
          UNCLIP_TEXT_KIND,
          UNCLIP_IMAGE_KIND,
          UNCLIP_PRIOR_KIND,
          UNCLIP_DECODER_KIND,
          UNCLIP_BLEND_KIND);

  /** File names inside a bundle. */
  public static final String WEIGHTS = "model.safetensors";

  public static final String TOKENIZER = "tokenizer.json";

  public static final String SELF_TEST = "selftest.safetensors";

  /** The key of a model section whose network is one of diffusers'. */
  private static final String UNET2D = "unet2d";

  private static final ObjectMapper JSON =
      JsonMapper.builder()
          .propertyNamingStrategy(PropertyNamingStrategies.SNAKE_CASE)
          .enable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
          .enable(DeserializationFeature.FAIL_ON_MISSING_CREATOR_PROPERTIES)
          .build();

  @Override
  public StageRunner load(StageDefinition definition, String device) {
    try {
      return GuestStages.are(definition)
          ? GuestStages.load(definition, device)
          : loadKind(definition, device);
    } catch (WeightsException
        | T5FilesException
        | ClipFilesException
        | ConfigException
        | TorchScriptException
        | IllegalArgumentException e) {
      throw new StageException(definition.folder() + ": " + e.getMessage(), e);
    }
  }

  private static StageRunner loadKind(StageDefinition definition, String device) {
    return switch (definition.kind()) {
      case TEXT_KIND -> new OneRowRunner(text(definition, device));
      case T5_KIND -> new OneRowRunner(t5(definition, device));
      case CLIP_TEXT_KIND -> new OneRowRunner(clipText(definition, device));
      case CLIP_IMAGE_KIND -> new OneRowRunner(clipImage(definition, device));
      case VAE_ENCODER_KIND -> new OneRowRunner(vaeEncoder(definition, device));
      case VAE_DECODER_KIND -> new OneRowRunner(vaeDecoder(definition, device));
      case UNCLIP_TEXT_KIND -> new OneRowRunner(unclipText(definition, device));
      case UNCLIP_IMAGE_KIND -> new OneRowRunner(unclipImage(definition, device));
      case UNCLIP_BLEND_KIND -> new OneRowRunner(read(definition.model(), UnclipBlendStage.class));
      case DIFFUSION_KIND, UNCLIP_PRIOR_KIND, UNCLIP_DECODER_KIND -> diffusion(definition, device);
      default ->
          throw new StageException(
              "kind: %s (expected: one of %s)".formatted(definition.kind(), KINDS));
    };
  }

  private static OneRowStage text(StageDefinition definition, String device) {
    TextEncoder encoder = new TextEncoder(read(definition.model(), TextEncoderConfig.class));
    int length = encoder.config().maxTextLen();
    TorchModule module = module(encoder.graph(), definition.folder(), device);
    return words(definition, length, module, words -> new WordModel(length, module, words));
  }

  /** A text stage of a model that knows words; takes the module over. */
  private static OneRowStage words(
      StageDefinition definition,
      int length,
      TorchModule module,
      Function<WordTokenizer, CaptionModel> model) {
    Path tokenizer = definition.folder().resolve(TOKENIZER);
    try {
      return new TextStage(model.apply(WordTokenizer.load(tokenizer, length)));
    } catch (IOException | RuntimeException e) {
      module.close();
      throw new StageException(tokenizer + ": cannot be loaded", e);
    }
  }

  private static OneRowStage t5(StageDefinition definition, String device) {
    T5TextConfig config = read(definition.model(), T5TextConfig.class);
    T5Tokenizer tokenizer =
        T5Tokenizer.load(definition.folder().resolve(TOKENIZER), config.maxTextLen());
    try {
      TorchModule module = module(new T5Encoder(config).graph(), definition.folder(), device);
      CaptionStyle style =
          config.convention() == T5Convention.DEEPFLOYD
              ? CaptionStyle.DEEPFLOYD
              : CaptionStyle.AS_WRITTEN;
      return new TextStage(new T5Model(new T5TextEncoder(config, module, tokenizer)), style);
    } catch (RuntimeException e) {
      tokenizer.close();
      throw e;
    }
  }

  private static OneRowStage clipText(StageDefinition definition, String device) {
    ClipTextStageConfig config = read(definition.model(), ClipTextStageConfig.class);
    Path file = definition.folder().resolve(TOKENIZER);
    ClipTokenizer tokenizer = ClipTokenizer.load(file, config.maxTextLen(), config.padTokenId());
    try {
      config.requireEnd(tokenizer);
      Graph graph = new ClipTextEncoder(config.clip()).graph();
      return new TextStage(new ClipModel(module(graph, definition.folder(), device), tokenizer));
    } catch (RuntimeException e) {
      tokenizer.close();
      throw e;
    }
  }

  private static OneRowStage clipImage(StageDefinition definition, String device) {
    ClipVisionStageConfig config = read(definition.model(), ClipVisionStageConfig.class);
    Graph graph = new ClipVisionEncoder(config.clip()).graph();
    TorchModule module = module(graph, definition.folder(), device);
    return new ClipImageStage(config.preprocessing(), module);
  }

  private static OneRowStage vaeEncoder(StageDefinition definition, String device) {
    AutoencoderConfig config = autoencoder(definition);
    Graph graph = new Autoencoder(config).encoderGraph();
    LatentEncoder encoder = new LatentEncoder(config, module(graph, definition.folder(), device));
    return new VaeEncoderStage(encoder, definition.imageSize());
  }

  private static OneRowStage vaeDecoder(StageDefinition definition, String device) {
    AutoencoderConfig config = autoencoder(definition);
    Graph graph = new Autoencoder(config).decoderGraph();
    return new VaeDecoderStage(config, module(graph, definition.folder(), device));
  }

  /** The model section is diffusers' own configuration. */
  private static AutoencoderConfig autoencoder(StageDefinition definition) {
    byte[] model = definition.model().toString().getBytes(StandardCharsets.UTF_8);
    return AutoencoderConfig.parse(model, "model");
  }

  private static OneRowStage unclipText(StageDefinition definition, String device) {
    ClipConfig config = read(definition.model(), ClipConfig.class);
    TorchModule module = module(new Clip(config).textGraph(), definition.folder(), device);
    return words(
        definition,
        config.maxTextLen(),
        module,
        words -> new UnclipTextModel(config.maxTextLen(), module, words));
  }

  private static OneRowStage unclipImage(StageDefinition definition, String device) {
    ClipConfig config = read(definition.model(), ClipConfig.class);
    Graph graph = new Clip(config).imageGraph();
    return new UnclipImageStage(config, module(graph, definition.folder(), device));
  }

  private static StageRunner diffusion(StageDefinition definition, String device) {
    DiffusionModel model = diffusionModel(definition);
    TorchModule module = module(model.graph(), definition.folder(), device);
    return new DiffusionRunner(model, module, definition.samplesPerCall());
  }

  private static DiffusionModel diffusionModel(StageDefinition definition) {
    DiffusionConfig config = read(definition.diffusion(), DiffusionConfig.class);
    JsonNode model = definition.model();
    int side = definition.imageSize();
    return switch (definition.kind()) {
      case UNCLIP_PRIOR_KIND ->
          model.has(KarloPriorConfig.KEY)
              ? DiffusionModel.of(read(model, KarloPriorConfig.class), config)
              : DiffusionModel.of(read(model, PriorConfig.class), config);
      case UNCLIP_DECODER_KIND ->
          model.has(UNET2D)
              ? DiffusionModel.of(read(model, KarloDecoderConfig.class), config, side)
              : DiffusionModel.of(read(model, DecoderConfig.class), config, side);
      default ->
          model.has(UNET2D)
              ? DiffusionModel.of(read(model, Unet2dStageConfig.class), config, side)
              : DiffusionModel.of(read(model, UnetConfig.class), config, side);
    };
  }

  private static TorchModule module(Graph graph, Path folder, String device) {
    Path file = folder.resolve(WEIGHTS);
    Map<String, TensorView> weights = SafeTensors.map(file);
    Initialization.requireFit(graph, weights, file.toString());
    TorchModule module = TorchModule.load(graph, weights, device, TorchModule.Mode.FROZEN);
    try {
      SelfTest.read(folder.resolve(SELF_TEST)).replay(module);
      return module;
    } catch (RuntimeException e) {
      module.close();
      throw e;
    }
  }

  /** Reads a model's configuration as strictly as its record is. */
  static <T> T read(JsonNode node, Class<T> type) {
    try {
      return JSON.treeToValue(node, type);
    } catch (JsonProcessingException | IllegalArgumentException e) {
      throw new StageException(type.getSimpleName() + ": " + e.getMessage(), e);
    }
  }
}
