package dev.cascadefarm.diffusion.clip;

import dev.cascadefarm.diffusion.graph.Layers;
import dev.cascadefarm.diffusion.graph.MultiHeadAttention;
import dev.cascadefarm.diffusion.graph.MultiHeadAttention.Mixing;
import dev.cascadefarm.diffusion.graph.Scope;
import dev.cascadefarm.diffusion.graph.Tensor;
import dev.cascadefarm.diffusion.graph.TransformerBlock;
import java.util.function.UnaryOperator;

/** The transformer that both halves of CLIP are made of. Immutable. */
final class ClipBlocks {
  private static final MultiHeadAttention.Names PROJECTIONS =
      new MultiHeadAttention.Names("q_proj", "k_proj", "v_proj", "out_proj", true);
  private static final TransformerBlock.Names NAMES =
      new TransformerBlock.Names("layer_norm1", "self_attn", "layer_norm2", "mlp", "fc1", "fc2");

  private final ClipConfig config;
  private final TransformerBlock block;

  ClipBlocks(ClipConfig config) {
    this.config = config;
    int heads = config.numAttentionHeads();
    MultiHeadAttention attention =
        new MultiHeadAttention(PROJECTIONS, heads, config.hiddenSize() / heads);
    UnaryOperator<Tensor> activation =
        config.hiddenAct().equals(ClipConfig.GELU) ? Tensor::gelu : Layers::quickGelu;
    this.block =
        new TransformerBlock(
            NAMES, attention, config.intermediateSize(), activation, config.layerNormEps());
  }

  /** Lets tokens {@code (B, N, E)} attend to each other, layer by layer. */
  Tensor apply(Scope model, Tensor x, Mixing mixing) {
    Scope layers = model.in("encoder").in("layers");
    Tensor result = x;
    for (int layer = 0; layer < config.numHiddenLayers(); layer++) {
      result = block.apply(layers.in(layer), result, mixing);
    }
    return result;
  }

  /** A norm of the model. */
  Tensor norm(Scope scope, Tensor x) {
    return Layers.layerNorm(scope, x, config.layerNormEps());
  }
}
