package dev.cascadefarm.diffusion.runner;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.cascadefarm.diffusion.denoise.Denoiser;
import dev.cascadefarm.diffusion.engine.TorchModule;
import dev.cascadefarm.diffusion.engine.TorchModule.Input;
import dev.cascadefarm.diffusion.graph.Graph;
import dev.cascadefarm.diffusion.imagen.UnetConfig;
import dev.cascadefarm.diffusion.stage.HostTensor;
import dev.cascadefarm.diffusion.stage.SampleRequest;
import dev.cascadefarm.diffusion.stage.StageValue;
import dev.cascadefarm.diffusion.stage.StoredTensor;
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
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Writes the files of a bundle beside its description: weights, the tokenizer, the self-test. */
public final class BundleFiles {
  private static final ObjectMapper JSON = new ObjectMapper();
  static final String EXAMPLE = "A red circle on the left of two small blue stars.";

  private BundleFiles() {}

  /**
   * A model's weights, and how a bundle keeps them.
   *
   * @param type of the stored numbers
   * @param tried whether the model is run once, so that its self-test knows the answers
   */
  public record Weights(
      Map<String, ? extends StoredTensor> tensors, ElementType type, boolean tried) {
    /** Weights of a model that is tried. */
    public Weights(Map<String, ? extends StoredTensor> tensors, ElementType type) {
      this(tensors, type, true);
    }

    /**
     * A checkpoint's, of any size: never in memory whole, and not tried. They stay fp16 if all of
     * them are, otherwise they become float32.
     */
    public static Weights of(Map<String, TensorView> checkpoint) {
      boolean half = checkpoint.values().stream().allMatch(each -> each.type() == ElementType.F16);
      return new Weights(checkpoint, half ? ElementType.F16 : ElementType.F32, false);
    }

    /** Some of these, or these under other names. */
    Weights with(Map<String, ? extends StoredTensor> tensors) {
      return new Weights(tensors, type, tried);
    }
  }

  /** Writes a text stage that knows {@code words}, in fp16. */
  public static void writeText(
      Path folder, TextEncoderConfig config, Map<String, HostTensor> weights, List<String> words)
      throws IOException {
    Map<String, List<Input>> calls =
        Map.of(TextEncoder.ENCODE, writeWords(folder, words, config.maxTextLen()));
    Weights stored = new Weights(weights, ElementType.F16);
    writeWeights(folder, new TextEncoder(config).graph(), stored, calls);
  }

  /** Writes a tokenizer of words; the ids and the mask of them all, as far as they go. */
  static List<Input> writeWords(Path folder, List<String> words, int length) throws IOException {
    Path file = folder.resolve(TorchStageLoader.TOKENIZER);
    AtomicFiles.write(file, WordTokenizer.file(words));
    try (WordTokenizer tokenizer = WordTokenizer.load(file, length)) {
      WordTokenizer.Tokens tokens = tokenizer.encode(String.join(" ", words));
      return List.of(
          new Input.Longs(new long[] {1, length}, tokens.ids()),
          new Input.Floats(HostTensor.of(tokens.mask(), 1, length)));
    }
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
    Map<String, TensorView> weights = source.weights();
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
    writeWeights(folder, graph, new Weights(weights, ElementType.F32, false), calls);
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
    writeDiffusion(folder, model, weights, exampleInputs(model, length, width));
  }

  /** A caption of so many tokens and, for a model that enlarges, a grey picture. */
  static Map<String, StageValue> exampleInputs(DiffusionModel model, int length, int width) {
    Map<String, StageValue> inputs = new HashMap<>();
    inputs.put(
        CaptionTensors.EMBEDS, new StageValue.Tensors(CaptionTensors.example(length, width)));
    if (model.network().enlarges()) {
      int channels = model.extent().channels();
      float[] grey = new float[channels * 16];
      Arrays.fill(grey, 0.5f);
      inputs.put(Pictures.IMAGE, new StageValue.Image(HostTensor.of(grey, channels, 4, 4)));
    }
    return inputs;
  }

  /** Writes a diffusion stage, and records a step from these inputs. */
  static void writeDiffusion(
      Path folder, DiffusionModel model, Weights weights, Map<String, StageValue> inputs) {
    writeWeights(folder, model.graph(), weights, exampleCalls(model, inputs));
  }

  /** A step from these inputs, without guidance and with it. */
  static Map<String, List<Input>> exampleCalls(
      DiffusionModel model, Map<String, StageValue> inputs) {
    Map<String, List<Input>> calls = new LinkedHashMap<>();
    calls.put(Denoiser.PREDICT, exampleCall(model, inputs, 1));
    calls.put(Denoiser.GUIDED_PREDICT, exampleCall(model, inputs, 2));
    return calls;
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

  /**
   * Writes weights, and a self-test of these calls.
   *
   * @throws dev.cascadefarm.diffusion.weights.WeightsException if they are not the graph's
   */
  static void writeWeights(
      Path folder, Graph graph, Weights weights, Map<String, List<Input>> calls) {
    Initialization.requireFit(graph, weights.tensors(), folder.toString());
    Path file = folder.resolve(TorchStageLoader.WEIGHTS);
    noteHash(file, SafeTensors.writeHashed(file, weights.tensors(), weights.type()));
    Path selfTest = folder.resolve(TorchStageLoader.SELF_TEST);
    if (!weights.tried()) {
      SelfTest.ask(calls, selfTest);
      return;
    }
    try (TorchModule module =
        TorchModule.load(graph, SafeTensors.map(file), "cpu", TorchModule.Mode.FROZEN)) {
      SelfTest.record(module, calls, selfTest);
    }
  }

  /** Tells whoever describes the bundle, which then need not read the file. */
  private static void noteHash(Path file, String sha256) {
    String name = file.getFileName().toString();
    byte[] line = "%s  %s\n".formatted(sha256, name).getBytes(StandardCharsets.UTF_8);
    AtomicFiles.write(file.resolveSibling("." + name + ".sha256"), line);
  }
}
