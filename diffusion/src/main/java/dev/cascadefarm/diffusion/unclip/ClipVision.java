package dev.cascadefarm.diffusion.unclip;

import static dev.cascadefarm.diffusion.graph.Tensor.ANY;

import dev.cascadefarm.diffusion.graph.Initializer;
import dev.cascadefarm.diffusion.graph.Layers;
import dev.cascadefarm.diffusion.graph.Layers.Convolution;
import dev.cascadefarm.diffusion.graph.Scope;
import dev.cascadefarm.diffusion.graph.Tensor;
import dev.cascadefarm.diffusion.graph.Vectors;

/** The half of a {@link Clip} that looks at pictures (Dosovitskiy et al. 2020). */
record ClipVision(ClipConfig config) {
  /**
   * The embedding of a picture, of any length.
   *
   * @param picture {@code (B, C, side, side)} in [-1, 1]
   * @return {@code (B, D)}
   */
  Tensor embedding(Scope scope, Tensor picture) {
    int width = config.vision().width();
    Initializer small = Initializer.normal(1 / Math.sqrt(width));
    Convolution cut = new Convolution(width, config.patch(), config.patch(), 0);
    Tensor squares =
        Layers.conv2d(scope.in("patch_embedding").in("linear_project"), picture, cut, true)
            .reshape(ANY, width, config.patches())
            .permute(0, 2, 1);
    Tensor whole = scope.parameter("cls_token", small, 1, 1, width).expandLike(squares);
    Tensor x =
        Tensor.cat(1, whole, squares)
            .plus(scope.parameter("positional_encodings", small, config.patches() + 1L, width));
    x = Layers.layerNorm(scope.in("pre_ln"), x);
    x = config.vision().apply(scope.in("encoder"), x, Layers::attention);
    x = Layers.layerNorm(scope.in("final_ln"), x).narrow(1, 0, 1).reshape(ANY, width);
    return Vectors.matmul(x, scope.parameter("projection", small, width, config.latentDim()));
  }
}
