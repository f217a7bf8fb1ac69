package dev.cascadefarm.diffusion.runner;

import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.cascadefarm.diffusion.denoise.Denoiser;
import dev.cascadefarm.diffusion.denoise.Predictor;
import dev.cascadefarm.diffusion.engine.TorchModule;
import dev.cascadefarm.diffusion.graph.Graph;
import dev.cascadefarm.diffusion.runner.BundleFiles.Weights;
import dev.cascadefarm.diffusion.sampler.Objective;
import dev.cascadefarm.diffusion.scenes.CaptionGrammar;
import dev.cascadefarm.diffusion.stage.HostTensor;
import dev.cascadefarm.diffusion.stage.Sample;
import dev.cascadefarm.diffusion.stage.SampleRequest;
import dev.cascadefarm.diffusion.stage.StageDefinition;
import dev.cascadefarm.diffusion.stage.StageRunner;
import dev.cascadefarm.diffusion.stage.StageValue;
import dev.cascadefarm.diffusion.text.WordTokenizer;
import dev.cascadefarm.diffusion.unclip.Clip;
import dev.cascadefarm.diffusion.unclip.ClipConfig;
import dev.cascadefarm.diffusion.unclip.Decoder;
import dev.cascadefarm.diffusion.unclip.DecoderConfig;
import dev.cascadefarm.diffusion.unclip.DecoderPredictor;
import dev.cascadefarm.diffusion.unclip.DiffusionPrior;
import dev.cascadefarm.diffusion.unclip.Embeddings;
import dev.cascadefarm.diffusion.unclip.PriorConfig;
import dev.cascadefarm.diffusion.unclip.PriorPredictor;
import dev.cascadefarm.diffusion.unclip.TowerConfig;
import dev.cascadefarm.diffusion.weights.ElementType;
import dev.cascadefarm.diffusion.weights.Initialization;
import dev.cascadefarm.diffusion.weights.SafeTensors;
import java.io.IOException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The four models of an unCLIP as stages small enough for a test, with random weights.
 *
 * @param folder of the bundle
 */
record TinyUnclipStages(Path folder) {
  static final JsonMapper JSON =
      JsonMapper.builder().propertyNamingStrategy(PropertyNamingStrategies.SNAKE_CASE).build();
  static final List<String> WORDS = CaptionGrammar.vocabulary();
  static final int LENGTH = 6;
  static final int WIDTH = 8;
  static final int LATENT = 12;
  static final int SIDE = 8;
  static final ClipConfig CLIP =
      new ClipConfig(
          3,
          16,
          8,
          new TowerConfig(8, 1, 2),
          WordTokenizer.vocabularySize(WORDS),
          LENGTH,
          new TowerConfig(WIDTH, 1, 2),
          LATENT);
  static final PriorConfig PRIOR =
      new PriorConfig(LATENT, WIDTH, LENGTH, new TowerConfig(16, 1, 2));
  static final DecoderConfig DECODER =
      new DecoderConfig(3, 8, List.of(1, 2), 2, 16, 2, 2, LATENT, 2, WIDTH, LENGTH);
  static final DiffusionConfig MAKES = new DiffusionConfig("cosine", 100, Objective.X_START, 2);
  static final DiffusionConfig DRAWS = new DiffusionConfig("cosine", 100, Objective.V, 2);

  StageRunner write(String kind) throws IOException {
    return switch (kind) {
      case "unclip-text" -> text();
      case "unclip-image" -> image();
      case "unclip-prior" -> makes();
      default -> draws();
    };
  }

  StageRunner load(String kind) {
    return switch (kind) {
      case "unclip-prior" -> load(kind, JSON.valueToTree(PRIOR), JSON.valueToTree(MAKES), 0);
      case "unclip-decoder" -> load(kind, JSON.valueToTree(DECODER), JSON.valueToTree(DRAWS), SIDE);
      default -> load(kind, JSON.valueToTree(CLIP), none(), 0);
    };
  }

  StageRunner load(String kind, ObjectNode model, ObjectNode diffusion, int side) {
    StageDefinition stage = new StageDefinition(kind, model, diffusion, side, 1, folder);
    return new TorchStageLoader().load(stage, "cpu");
  }

  StageRunner text() throws IOException {
    UnclipBundleFiles.writeText(folder, CLIP, clip(), WORDS);
    return load("unclip-text");
  }

  StageRunner image() {
    UnclipBundleFiles.writeImage(folder, CLIP, clip());
    return load("unclip-image");
  }

  static Map<String, HostTensor> clip() {
    return Initialization.random(new Clip(CLIP).trainingGraph(), 3);
  }

  StageRunner makes() {
    UnclipBundleFiles.writePrior(
        folder, PRIOR, MAKES, random(new PriorPredictor(new DiffusionPrior(PRIOR))));
    return load("unclip-prior");
  }

  StageRunner draws() {
    UnclipBundleFiles.writeDecoder(
        folder, DECODER, DRAWS, SIDE, random(new DecoderPredictor(new Decoder(DECODER), SIDE)));
    return load("unclip-decoder");
  }

  static Weights random(Predictor predictor) {
    Graph graph = new Denoiser(predictor).samplingGraph();
    return new Weights(Initialization.random(graph, 4), ElementType.F32);
  }

  /** The weights as they lie in the bundle. */
  TorchModule module(Graph graph) {
    return TorchModule.load(
        graph,
        SafeTensors.read(folder.resolve("model.safetensors")),
        "cpu",
        TorchModule.Mode.FROZEN);
  }

  static ObjectNode none() {
    return JSON.createObjectNode();
  }

  /** Without thresholding, as of a prior. */
  static ObjectNode settings(int steps, double guidance) {
    return none()
        .put("sampler", "ddim")
        .put("eta", 1)
        .put("steps", steps)
        .put("guidance", guidance);
  }

  static SampleRequest candidates(String stage, int count, Map<String, StageValue> inputs) {
    return new SampleRequest(stage, 3, settings(3, 2).put("candidates", count), inputs);
  }

  static Map<String, StageValue> and(Map<String, StageValue> some, Map<String, StageValue> more) {
    Map<String, StageValue> all = new HashMap<>(some);
    all.putAll(more);
    return all;
  }

  /** An encoded caption; the number decides the numbers. */
  static Map<String, StageValue> caption(int number) {
    Map<String, HostTensor> tensors = new HashMap<>();
    put(tensors, "prompt", number);
    return Map.of("embeds", new StageValue.Tensors(tensors));
  }

  static Map<String, StageValue> caption(int number, int negative) {
    Map<String, HostTensor> tensors = new HashMap<>();
    put(tensors, "prompt", number);
    put(tensors, "negative_prompt", negative);
    return Map.of("embeds", new StageValue.Tensors(tensors));
  }

  static void put(Map<String, HostTensor> tensors, String input, int number) {
    float[] mask = new float[LENGTH];
    for (int i = 0; i <= number % LENGTH; i++) {
      mask[i] = 1;
    }
    tensors.put(input + ".embeds", HostTensor.of(waves(number, LENGTH * WIDTH), 1, LENGTH, WIDTH));
    tensors.put(input + ".mask", HostTensor.of(mask, 1, LENGTH));
    tensors.put(input + ".pooled", HostTensor.of(embeddingOf(number), 1, LATENT));
  }

  static Map<String, HostTensor> tensors(Map<String, StageValue> caption) {
    return ((StageValue.Tensors) caption.get("embeds")).tensors();
  }

  static Map<String, StageValue> embedding(int number) {
    return Map.of("image_embed", ImageEmbedding.of(embeddingOf(number)));
  }

  static float[] embeddingOf(int number) {
    return Embeddings.scaled(waves(number, LATENT));
  }

  static float[] waves(int number, int count) {
    float[] values = new float[count];
    for (int i = 0; i < count; i++) {
      values[i] = (float) Math.sin(number * 7.3 + i);
    }
    return values;
  }

  static Predictor.Extent extent() {
    return Predictor.Extent.square(3, SIDE);
  }

  /** The sum of the squares. */
  static double length(float[] values) {
    double sum = 0;
    for (float each : values) {
      sum += (double) each * each;
    }
    return sum;
  }

  static float[] embedding(StageRunner runner, SampleRequest request) {
    return embedding(run(runner, request));
  }

  static float[] embedding(Sample sample) {
    return ((StageValue.Tensors) sample.outputs().get("image_embed"))
        .tensors()
        .get("image_embed")
        .data();
  }

  static Sample run(StageRunner runner, SampleRequest request) {
    Sample sample = runner.begin(request);
    while (!sample.done()) {
      runner.advance(List.of(sample));
    }
    return sample;
  }
}
