package dev.cascadefarm.diffusion.text;

import dev.cascadefarm.diffusion.graph.Graph;
import dev.cascadefarm.diffusion.graph.Initializer;
import dev.cascadefarm.diffusion.graph.Layers;
import dev.cascadefarm.diffusion.graph.Method;
import dev.cascadefarm.diffusion.graph.Scope;
import dev.cascadefarm.diffusion.graph.Tensor;
import dev.cascadefarm.diffusion.stage.HostTensor;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Teaches a {@link TextEncoder} which attributes belong together: a small decoder draws a 64×64
 * picture straight from the caption, and the squared error flows back into the encoder. The decoder
 * is thrown away. The picture may have more channels than colours, for what does not show at 64
 * pixels.
 */
public final class PictureRegression {
  /** The method that measures: {@code ids, mask, picture (B, C, 64, 64) -> mean squared error}. */
  public static final String LOSS = "loss";

  /** Where the encoder's parameters are in the trained model. */
  public static final String ENCODER = "encoder";

  /** Side of the regressed picture, in pixels. */
  public static final int SIDE = 64;

  private static final int GRID = 8;
  private static final int CELL = SIDE / GRID;
  private static final int LAYERS = 2;

  private final TextEncoder encoder;
  private final int channels;

  /**
   * A regression.
   *
   * @param channels of the picture, C
   */
  public PictureRegression(TextEncoder encoder, int channels) {
    this.encoder = encoder;
    this.channels = channels;
  }

  /** The encoder's weights, by its own paths, of all that was taught. */
  public static Map<String, HostTensor> encoderWeights(Map<String, HostTensor> taught) {
    String prefix = ENCODER + ".";
    Map<String, HostTensor> encoder = new LinkedHashMap<>();
    taught.forEach(
        (path, tensor) -> {
          if (path.startsWith(prefix)) {
            encoder.put(path.substring(prefix.length()), tensor);
          }
        });
    return encoder;
  }

  /** A model with the one method {@link #LOSS}. */
  public Graph graph() {
    return new Graph("PictureRegression").method(LOSS, this::loss);
  }

  private List<Tensor> loss(Method method) {
    Tensor ids = encoder.ids(method);
    Tensor mask = encoder.mask(method);
    Tensor picture = method.input("picture", Tensor.ANY, channels, SIDE, SIDE);
    Tensor embeds = encoder.apply(method.root().in(ENCODER), ids, mask);
    Tensor drawn = draw(method.root().in("decoder"), embeds, mask);
    return List.of(drawn.minus(picture).square().mean());
  }

  /** {@code (B, N, E) -> (B, C, 64, 64)}: one learned query for each cell of 8×8 pixels. */
  private Tensor draw(Scope scope, Tensor embeds, Tensor mask) {
    int width = encoder.config().width();
    Tensor x =
        scope.parameter("queries", Initializer.normal(1), 1, GRID * GRID, width).expandLike(embeds);
    for (int layer = 0; layer < LAYERS; layer++) {
      x = encoder.read(scope.in("layers").in(layer), x, embeds, mask);
    }
    long values = (long) channels * CELL * CELL;
    Tensor cells = Layers.linear(scope.in("out"), Layers.layerNorm(scope.in("norm"), x), values);
    return cells
        .reshape(Tensor.ANY, GRID, GRID, channels, CELL, CELL)
        .permute(0, 3, 1, 4, 2, 5)
        .reshape(Tensor.ANY, channels, SIDE, SIDE);
  }
}
