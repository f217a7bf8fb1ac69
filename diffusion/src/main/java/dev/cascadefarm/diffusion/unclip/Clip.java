package dev.cascadefarm.diffusion.unclip;

import static dev.cascadefarm.diffusion.graph.Tensor.ANY;

import dev.cascadefarm.diffusion.graph.DType;
import dev.cascadefarm.diffusion.graph.Graph;
import dev.cascadefarm.diffusion.graph.Initializer;
import dev.cascadefarm.diffusion.graph.Initializer.Kind;
import dev.cascadefarm.diffusion.graph.Method;
import dev.cascadefarm.diffusion.graph.Parameter;
import dev.cascadefarm.diffusion.graph.Scope;
import dev.cascadefarm.diffusion.graph.Tensor;
import dev.cascadefarm.diffusion.graph.Vectors;
import dev.cascadefarm.diffusion.stage.HostTensor;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * Contrastive language-image pre-training (Radford et al. 2021, arXiv 2103.00020): two transformers
 * that give a picture and its caption embeddings in the same direction. Immutable.
 */
public final class Clip {
  /**
   * Encodes captions: {@code ids (B, N) int64, mask (B, N) -> encodings (B, N, E)}, zeros for
   * padding, and {@code embedding (B, D)} of length √D.
   */
  public static final String ENCODE_TEXT = "encode_text";

  /** Encodes pictures: {@code picture (B, C, H, W) -> embedding (B, D)} of length √D. */
  public static final String ENCODE_IMAGE = "encode_image";

  /**
   * How far pictures and captions are from finding each other: {@code picture (B, C, H, W), ids,
   * mask, caption (B) -> mean cross-entropy} of both directions, where {@code caption} has the same
   * number for equal captions.
   */
  public static final String LOSS = "loss";

  /** Logarithm of the largest scale of the cosines, as Radford et al. bound it. */
  static final double MOST_TEMPERATURE = Math.log(100);

  private static final double FIRST_TEMPERATURE = Math.log(1 / 0.07);

  /** Far below every scaled cosine: e to it is 0. */
  private static final double HIDDEN = -1e4;

  private final ClipConfig config;
  private final ClipText text;
  private final ClipVision vision;

  public Clip(ClipConfig config) {
    this.config = config;
    this.text = new ClipText(config);
    this.vision = new ClipVision(config);
  }

  public ClipConfig config() {
    return config;
  }

  /** A model with the one method {@link #LOSS} and all weights. */
  public Graph trainingGraph() {
    return new Graph("ClipLoss").method(LOSS, this::loss);
  }

  /** A model with the one method {@link #ENCODE_TEXT} and its part of the weights. */
  public Graph textGraph() {
    return new Graph("ClipText").method(ENCODE_TEXT, this::encodeText);
  }

  /** A model with the one method {@link #ENCODE_IMAGE} and its part of the weights. */
  public Graph imageGraph() {
    return new Graph("ClipVision").method(ENCODE_IMAGE, this::encodeImage);
  }

  /** What a part of the model stores, of the weights of the whole. */
  public static Map<String, HostTensor> part(Graph part, Map<String, HostTensor> whole) {
    Map<String, HostTensor> weights = new LinkedHashMap<>();
    for (Parameter each : part.parameters()) {
      if (each.stored()) {
        weights.put(each.path(), Objects.requireNonNull(whole.get(each.path()), each.path()));
      }
    }
    return weights;
  }

  private List<Tensor> encodeText(Method method) {
    Tensor ids = ids(method);
    Tensor mask = mask(method);
    Scope scope = textScope(method);
    Tensor encodings = text.encodings(scope, ids, mask);
    Tensor embedding = Embeddings.scaled(text.embedding(scope, encodings, mask));
    return List.of(encodings.times(mask.unsqueeze(2)), embedding);
  }

  private List<Tensor> encodeImage(Method method) {
    return List.of(Embeddings.scaled(vision.embedding(visionScope(method), picture(method))));
  }

  private List<Tensor> loss(Method method) {
    Tensor picture = picture(method);
    Tensor ids = ids(method);
    Tensor mask = mask(method);
    Tensor caption = method.input("caption", ANY);
    Scope words = textScope(method);
    Tensor images = Vectors.normalized(vision.embedding(visionScope(method), picture));
    Tensor texts =
        Vectors.normalized(text.embedding(words, text.encodings(words, ids, mask), mask));
    Initializer first = new Initializer(Kind.CONSTANT, FIRST_TEMPERATURE);
    Tensor scale =
        Vectors.exp(method.root().parameter("temperature", first).atMost(MOST_TEMPERATURE));
    Tensor pairs = texts.times(images).mean(1, true).times(config.latentDim()).times(scale);
    Tensor others = caption.unsqueeze(1).minus(caption.unsqueeze(0)).abs().greaterThan(0.5);
    Tensor logits = Vectors.matmul(images, texts.permute(1, 0)).times(scale);
    Tensor toTexts = crossEntropy(pairs, logits, others);
    Tensor toImages = crossEntropy(pairs, logits.permute(1, 0), others);
    return List.of(toTexts.plus(toImages).times(0.5));
  }

  /**
   * How unlikely the pairs are among the others that they may be confused with.
   *
   * @param pairs scaled cosines of what belongs together {@code (B, 1)}
   * @param logits of everything with everything {@code (B, B)}
   * @param others where a row and a column differ in their caption {@code (B, B)}
   */
  private static Tensor crossEntropy(Tensor pairs, Tensor logits, Tensor others) {
    Tensor negatives = others.choose(logits, logits.times(0).plus(HIDDEN));
    Tensor all = Vectors.logSumExp(Tensor.cat(1, pairs, negatives), 1);
    return all.minus(pairs.reshape(ANY)).mean();
  }

  private Tensor picture(Method method) {
    return method.input("picture", ANY, config.channels(), config.side(), config.side());
  }

  private Tensor ids(Method method) {
    return method.input("ids", DType.INT64, ANY, config.maxTextLen());
  }

  private Tensor mask(Method method) {
    return method.input("mask", ANY, config.maxTextLen());
  }

  private static Scope textScope(Method method) {
    return method.root().in("text_encoder");
  }

  private static Scope visionScope(Method method) {
    return method.root().in("image_encoder");
  }
}
