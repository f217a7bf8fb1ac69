package dev.cascadefarm.diffusion.runner;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.cascadefarm.diffusion.denoise.Denoiser;
import dev.cascadefarm.diffusion.engine.TorchModule;
import dev.cascadefarm.diffusion.engine.TorchModule.Input;
import dev.cascadefarm.diffusion.graph.Graph;
import dev.cascadefarm.diffusion.imagen.UnetConfig;
import dev.cascadefarm.diffusion.noise.CounterNoise;
import dev.cascadefarm.diffusion.stage.HostTensor;
import dev.cascadefarm.diffusion.stage.SampleRequest;
import dev.cascadefarm.diffusion.stage.StageValue;
import dev.cascadefarm.diffusion.t5.T5Encoder;
import dev.cascadefarm.diffusion.t5.T5Files;
import dev.cascadefarm.diffusion.t5.T5Folder;
import dev.cascadefarm.diffusion.t5.T5TextConfig;
import dev.cascadefarm.diffusion.t5.T5Tokenizer;
import dev.cascadefarm.diffusion.text.TextEncoder;
import dev.cascadefarm.diffusion.text.TextEncoderConfig;
import dev.cascadefarm.diffusion.text.WordTokenizer;
import dev.cascadefarm.diffusion.weights.AtomicFiles;
import dev.cascadefarm.diffusion.weights.ElementType;
import dev.cascadefarm.diffusion.weights.Initialization;
import dev.cascadefarm.diffusion.weights.SafeTensors;
import dev.cascadefarm.diffusion.weights.TensorView;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Writes the files of a bundle beside its description: weights, the tokenizer, the self-test
 * recorded with those very weights.
 */
public final class BundleFiles {
  private static final ObjectMapper JSON = new ObjectMapper();
  static final String EXAMPLE = "A red circle on the left of two small blue stars.";

  private BundleFiles() {}

  /**
   * A model's weights, and how a bundle keeps them.
   *
   * @param type of the stored numbers
   */
  public record Weights(Map<String, HostTensor> tensors, ElementType type) {
    /** A checkpoint's: they stay fp16 if all of them are, otherwise they become float32. */
    public static Weights of(Map<String, TensorView> checkpoint) {
      boolean half = checkpoint.values().stream().allMatch(each -> each.type() == ElementType.F16);
      Map<String, HostTensor> tensors = new LinkedHashMap<>();
      checkpoint.forEach((path, view) -> tensors.put(path, view.read()));
      return new Weights(tensors, half ? ElementType.F16 : ElementType.F32);
    }
  }

  /** Writes a text stage that knows {@code words}, in fp16. */
  public static void writeText(
      Path folder, TextEncoderConfig config, Map<String, HostTensor> weights, List<String> words)
      throws IOException {
    AtomicFiles.write(folder.resolve(TorchStageLoader.TOKENIZER), WordTokenizer.file(words));
    Map<String, List<Input>> calls = new LinkedHashMap<>();
    try (WordTokenizer tokenizer =
        WordTokenizer.load(folder.resolve(TorchStageLoader.TOKENIZER), config.maxTextLen())) {
      WordTokenizer.Tokens tokens = tokenizer.encode(String.join(" ", words));
      calls.put(
          TextEncoder.ENCODE,
          List.of(
              new Input.Longs(new long[] {1, config.maxTextLen()}, tokens.ids()),
              new Input.Floats(HostTensor.of(tokens.mask(), 1, config.maxTextLen()))));
    }
    Weights stored = new Weights(weights, ElementType.F16);
    writeWeights(folder, new TextEncoder(config).graph(), stored, calls);
  }

  /**
   * Writes a text stage of a T5. The weights stay float32: T5s were not trained for less.
   *
   * @param maxTextLen most tokens of a caption
   * @return the stage's model section
   */
  public static T5TextConfig writeT5(Path folder, T5Folder source, int maxTextLen)
      throws IOException {
    T5TextConfig config = new T5TextConfig(source.config(), maxTextLen);
    writeT5(folder, source, config);
    return config;
  }

  /** Writes a text stage of a T5. The weights become float32: T5s were not trained for less. */
  public static void writeT5(Path folder, T5Files source, T5TextConfig config) throws IOException {
    Map<String, HostTensor> weights = source.weights();
    Graph graph = new T5Encoder(config).graph();
    Initialization.requireFit(graph, weights, source.path().toString());
    Path tokenizer = folder.resolve(TorchStageLoader.TOKENIZER);
    AtomicFiles.write(tokenizer, Files.readAllBytes(source.tokenizer()));
    long[] ids;
    try (T5Tokenizer reader = T5Tokenizer.load(tokenizer, config.maxTextLen())) {
      ids = reader.encode(EXAMPLE).ids();
    }
    float[] mask = new float[ids.length];
    Arrays.fill(mask, 1);
    Map<String, List<Input>> calls =
        Map.of(
            T5Encoder.ENCODE,
            List.of(
                new Input.Longs(new long[] {1, ids.length}, ids),
                new Input.Floats(HostTensor.of(mask, 1, ids.length))));
    writeWeights(folder, graph, new Weights(weights, ElementType.F32), calls);
  }

  /**
   * Writes a diffusion stage.
   *
   * @param side of its pictures, in pixels
   */
  public static void writeDiffusion(
      Path folder, UnetConfig unet, DiffusionConfig diffusion, int side, Weights weights) {
    DiffusionModel model = DiffusionModel.of(unet, diffusion, side);
    writeDiffusion(folder, model, weights, unet.maxTextLen(), unet.textEmbedDim());
  }

  /**
   * Writes a diffusion stage whose network is one of diffusers'.
   *
   * @param side of its pictures in pixels, or of its latents
   */
  public static void writeDiffusion(
      Path folder, Unet2dStageConfig unet, DiffusionConfig diffusion, int side, Weights weights) {
    DiffusionModel model = DiffusionModel.of(unet, diffusion, side);
    writeDiffusion(
        folder, model, weights, Math.max(1, unet.maxTextLen()), unet.unet().tokenWidth());
  }

  private static void writeDiffusion(
      Path folder, DiffusionModel model, Weights weights, int length, int width) {
    Map<String, StageValue> inputs = exampleInputs(model, length, width);
    Map<String, List<Input>> calls = new LinkedHashMap<>();
    calls.put(Denoiser.STEP, exampleCall(model, inputs, 1));
    calls.put(Denoiser.GUIDED_STEP, exampleCall(model, inputs, 2));
    writeWeights(folder, model.graph(), weights, calls);
  }

  private static List<Input> exampleCall(
      DiffusionModel model, Map<String, StageValue> inputs, double guidance) {
    ObjectNode settings =
        JSON.createObjectNode()
            .put("sampler", "ddim")
            .put("eta", 1)
            .put("steps", 4)
            .put("guidance", guidance)
            .put("threshold", "dynamic")
            .put("percentile", 0.9)
            .put("cap", 10)
            .put("aug", 0.1);
    SampleRequest request = new SampleRequest("self-test", 1, settings, inputs);
    return DiffusionRunner.inputs(
        model, List.of(new DiffusionSample(model, request)), guidance != 1);
  }

  /** A caption of random numbers, and a grey picture for a stage that enlarges. */
  private static Map<String, StageValue> exampleInputs(
      DiffusionModel model, int length, int width) {
    CounterNoise noise = new CounterNoise(1, "self-test", "embeds");
    float[] mask = new float[length];
    Arrays.fill(mask, 0, length / 2, 1);
    Map<String, HostTensor> caption =
        Map.of(
            CaptionTensors.embeds(CaptionTensors.PROMPT),
            HostTensor.of(noise.normals(0, length * width), 1, length, width),
            CaptionTensors.mask(CaptionTensors.PROMPT),
            HostTensor.of(mask, 1, length));
    Map<String, StageValue> inputs = new HashMap<>();
    inputs.put(CaptionTensors.EMBEDS, new StageValue.Tensors(caption));
    if (model.network().enlarges()) {
      int channels = model.extent().channels();
      float[] grey = new float[channels * 16];
      Arrays.fill(grey, 0.5f);
      inputs.put(Pictures.IMAGE, new StageValue.Image(HostTensor.of(grey, channels, 4, 4)));
    }
    return inputs;
  }

  /**
   * Writes weights, and records what the model makes of the inputs.
   *
   * @throws dev.cascadefarm.diffusion.weights.WeightsException if they are not the graph's
   */
  static void writeWeights(
      Path folder, Graph graph, Weights weights, Map<String, List<Input>> calls) {
    Initialization.requireFit(graph, weights.tensors(), folder.toString());
    Path file = folder.resolve(TorchStageLoader.WEIGHTS);
    SafeTensors.write(file, weights.tensors(), weights.type());
    try (TorchModule module =
        TorchModule.load(graph, SafeTensors.read(file), "cpu", TorchModule.Mode.FROZEN)) {
      SelfTest.record(module, calls, folder.resolve(TorchStageLoader.SELF_TEST));
    }
  }
}
