package dev.cascadefarm.diffusion.runner;

import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.cascadefarm.diffusion.denoise.Denoiser;
import dev.cascadefarm.diffusion.graph.Graph;
import dev.cascadefarm.diffusion.imagen.Unet;
import dev.cascadefarm.diffusion.imagen.UnetConfig;
import dev.cascadefarm.diffusion.imagen.UnetPredictor;
import dev.cascadefarm.diffusion.sampler.Objective;
import dev.cascadefarm.diffusion.scenes.CaptionGrammar;
import dev.cascadefarm.diffusion.stage.HostTensor;
import dev.cascadefarm.diffusion.stage.SampleRequest;
import dev.cascadefarm.diffusion.stage.StageDefinition;
import dev.cascadefarm.diffusion.stage.StageValue;
import dev.cascadefarm.diffusion.text.TextEncoder;
import dev.cascadefarm.diffusion.text.TextEncoderConfig;
import dev.cascadefarm.diffusion.text.WordTokenizer;
import dev.cascadefarm.diffusion.weights.ElementType;
import dev.cascadefarm.diffusion.weights.Initialization;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/** Stages small enough for a test, with random weights. */
public final class TinyStages {
  public static final int LENGTH = 6;
  public static final int BASE_SIDE = 8;
  public static final int LARGE_SIDE = 16;

  private static final int WIDTH = 8;
  private static final List<String> WORDS = CaptionGrammar.vocabulary();
  private static final JsonMapper JSON =
      JsonMapper.builder().propertyNamingStrategy(PropertyNamingStrategies.SNAKE_CASE).build();

  private TinyStages() {}

  public static StageDefinition text(Path folder) throws IOException {
    TextEncoderConfig config =
        new TextEncoderConfig(WordTokenizer.vocabularySize(WORDS), LENGTH, WIDTH, 1, 2);
    BundleFiles.writeText(
        folder, config, Initialization.random(new TextEncoder(config).graph(), 1), WORDS);
    return new StageDefinition(
        TorchStageLoader.TEXT_KIND,
        JSON.valueToTree(config),
        JSON.createObjectNode(),
        0,
        1,
        folder);
  }

  public static StageDefinition base(Path folder, int samplesPerCall) {
    return diffusion(folder, unet(false), BASE_SIDE, 0, samplesPerCall);
  }

  public static StageDefinition superResolution(Path folder) {
    return diffusion(folder, unet(true), LARGE_SIDE, 0, 1);
  }

  static StageDefinition diffusion(
      Path folder, UnetConfig unet, int side, int history, int samplesPerCall) {
    DiffusionConfig config = new DiffusionConfig("cosine", 100, Objective.V, history);
    Graph graph = new Denoiser(new UnetPredictor(new Unet(unet), side)).samplingGraph();
    BundleFiles.Weights weights =
        new BundleFiles.Weights(Initialization.random(graph, 2), ElementType.F16);
    BundleFiles.writeDiffusion(folder, unet, config, side, weights);
    return new StageDefinition(
        TorchStageLoader.DIFFUSION_KIND,
        JSON.valueToTree(unet),
        JSON.valueToTree(config),
        side,
        samplesPerCall,
        folder);
  }

  public static UnetConfig unet(boolean enlarges) {
    return UnetConfig.builder()
        .dim(8)
        .dimMults(1, 2)
        .condDim(8)
        .textEmbedDim(WIDTH)
        .numResnetBlocks(1)
        .layerAttns(false, true)
        .layerCrossAttns(false, true)
        .attnHeads(2)
        .lowresCond(enlarges)
        .memoryEfficient(enlarges)
        .maxTextLen(LENGTH)
        .attnDimHead(8)
        .build();
  }

  /** Settings that every stage takes. */
  public static ObjectNode settings(int steps, double guidance) {
    return JSON.createObjectNode()
        .put("sampler", "ddim")
        .put("eta", 1)
        .put("steps", steps)
        .put("guidance", guidance)
        .put("threshold", "dynamic")
        .put("percentile", 0.9)
        .put("cap", 10)
        .put("aug", 0.2);
  }

  /** An encoded caption, as a text stage would give it; the number decides the numbers. */
  static StageValue.Tensors caption(int number) {
    return new StageValue.Tensors(
        Map.of("prompt.embeds", embeds(number), "prompt.mask", mask(number)));
  }

  static StageValue.Tensors caption(int number, int negative) {
    return new StageValue.Tensors(
        Map.of(
            "prompt.embeds",
            embeds(number),
            "prompt.mask",
            mask(number),
            "negative_prompt.embeds",
            embeds(negative),
            "negative_prompt.mask",
            mask(negative)));
  }

  private static HostTensor embeds(int number) {
    float[] values = new float[LENGTH * WIDTH];
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) Math.sin(number * 7.3 + i);
    }
    return HostTensor.of(values, 1, LENGTH, WIDTH);
  }

  private static HostTensor mask(int number) {
    float[] mask = new float[LENGTH];
    for (int i = 0; i <= number % LENGTH; i++) {
      mask[i] = 1;
    }
    return HostTensor.of(mask, 1, LENGTH);
  }

  static SampleRequest request(long seed, ObjectNode settings, StageValue caption) {
    return new SampleRequest("base", seed, settings, Map.of("embeds", caption));
  }
}
