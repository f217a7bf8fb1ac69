package dev.cascadefarm.diffusion.clip;

import static dev.cascadefarm.diffusion.graph.Tensor.ANY;

import dev.cascadefarm.diffusion.graph.Graph;
import dev.cascadefarm.diffusion.graph.Initializer;
import dev.cascadefarm.diffusion.graph.Layers;
import dev.cascadefarm.diffusion.graph.Layers.Convolution;
import dev.cascadefarm.diffusion.graph.Method;
import dev.cascadefarm.diffusion.graph.Scope;
import dev.cascadefarm.diffusion.graph.Tensor;
import java.util.List;

/**
 * CLIP's vision model: a transformer over a picture's patches and one token more, which becomes the
 * picture's embedding. Parameters have the paths of Hugging Face's {@code
 * CLIPVisionModelWithProjection}. Immutable.
 */
public final class ClipVisionEncoder {
  /** The method that encodes: {@code pixels (B, C, H, W) -> pooled (B, P)}. */
  public static final String ENCODE = "encode";

  static final String MODEL = "vision_model";
  static final String PROJECTION = "visual_projection";

  private final ClipVisionConfig config;
  private final ClipBlocks blocks;

  public ClipVisionEncoder(ClipVisionConfig config) {
    this.config = config;
    this.blocks = new ClipBlocks(config);
  }

  /** A model with the one method {@link #ENCODE}. */
  public Graph graph() {
    return new Graph("ClipVisionEncoder").method(ENCODE, this::encode);
  }

  private List<Tensor> encode(Method method) {
    long side = config.imageSize();
    Tensor pixels = method.input("pixels", ANY, config.numChannels(), side, side);
    return List.of(pooled(method.root(), pixels));
  }

  /**
   * Embeds pictures.
   *
   * @param pixels normalised as {@link ClipPreprocessing} does, {@code (B, C, H, W)}
   * @return {@code (B, P)}
   */
  public Tensor pooled(Scope scope, Tensor pixels) {
    Scope model = scope.in(MODEL);
    Tensor x = blocks.norm(model.in("pre_layrnorm"), tokens(model.in("embeddings"), pixels));
    Tensor seen = blocks.apply(model, x, Layers::attention);
    Tensor first = seen.narrow(1, 0, 1).reshape(ANY, config.hiddenSize());
    Tensor normed = blocks.norm(model.in("post_layernorm"), first);
    return Layers.linearNoBias(scope.in(PROJECTION), normed, config.projectionDim());
  }

  /** {@code (B, C, H, W) -> (B, 1 + patches, E)}. */
  private Tensor tokens(Scope embeddings, Tensor pixels) {
    long width = config.hiddenSize();
    long patch = config.patchSize();
    Convolution cut = new Convolution(width, patch, patch, 0);
    Tensor patches =
        Layers.conv2d(embeddings.in("patch_embedding"), pixels, cut, false)
            .reshape(ANY, width, config.patches()) // (B, E, h, w) -> (B, E, N)
            .permute(0, 2, 1);
    Tensor picture =
        embeddings
            .parameter("class_embedding", Initializer.normal(1), width)
            .reshape(1, 1, width)
            .expandLike(patches);
    Tensor positions =
        embeddings
            .in("position_embedding")
            .parameter("weight", Initializer.normal(1), 1 + config.patches(), width);
    return Tensor.cat(1, picture, patches).plus(positions);
  }
}
