package dev.cascadefarm.diffusion.minimagen;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.cascadefarm.diffusion.imagen.UnetConfig;
import dev.cascadefarm.diffusion.minimagen.Arguments.Range;
import java.util.Collections;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Arguments of MinImagen's {@code Unet}, by its names; lists have an element per resolution.
 *
 * @param channelsOut absent for as many as {@code channels}
 * @param condDim absent for {@code dim}
 */
public record UnetArguments(
    int dim,
    List<Integer> dimMults,
    int channels,
    @Nullable Integer channelsOut,
    @Nullable Integer condDim,
    int textEmbedDim,
    List<Integer> numResnetBlocks,
    List<Boolean> layerAttns,
    List<Boolean> layerCrossAttns,
    int attnHeads,
    boolean lowresCond,
    boolean memoryEfficient,
    boolean attendAtMiddle) {
  private static final Range WIDTH = new Range(1, 1 << 14);
  private static final Range FEW = new Range(1, 1 << 8);
  private static final Range BLOCKS = new Range(0, 1 << 8);
  private static final int MAX_RESOLUTIONS = 12;

  public UnetArguments {
    if (dimMults.size() > MAX_RESOLUTIONS) {
      throw new TrainingDirectoryException(
          "dim_mults: %d values (expected: at most %d)"
              .formatted(dimMults.size(), MAX_RESOLUTIONS));
    }
    dimMults = List.copyOf(dimMults);
    numResnetBlocks = perLayer("num_resnet_blocks", numResnetBlocks, dimMults.size());
    layerAttns = perLayer("layer_attns", layerAttns, dimMults.size());
    layerCrossAttns = perLayer("layer_cross_attns", layerCrossAttns, dimMults.size());
  }

  /**
   * Arguments that make MinImagen build that U-Net.
   *
   * @throws TrainingDirectoryException if it cannot
   */
  public static UnetArguments of(UnetConfig unet) {
    return UnetMapping.arguments(unet);
  }

  private static <T> List<T> perLayer(String name, List<T> values, int layers) {
    if (values.size() != 1 && values.size() != layers) {
      throw new TrainingDirectoryException(
          "%s: %s (expected: one value or %d, as many as dim_mults)"
              .formatted(name, values, layers));
    }
    return values.size() == layers
        ? List.copyOf(values)
        : Collections.nCopies(layers, values.get(0));
  }

  /** Takes the arguments, with MinImagen's defaults for those not given. */
  static UnetArguments read(Arguments from) {
    UnetConfig defaults = UnetConfig.builder().build();
    UnetArguments arguments =
        new UnetArguments(
            from.integer("dim", defaults.dim(), WIDTH),
            from.integers("dim_mults", defaults.dimMults(), FEW),
            from.integer("channels", defaults.channels(), FEW),
            from.optionalInteger("channels_out", FEW),
            from.optionalInteger("cond_dim", WIDTH),
            from.integer("text_embed_dim", defaults.textEmbedDim(), WIDTH),
            from.integers("num_resnet_blocks", one(defaults.numResnetBlocks()), BLOCKS),
            from.flags("layer_attns", one(defaults.layerAttns())),
            from.flags("layer_cross_attns", one(defaults.layerCrossAttns())),
            from.integer("attn_heads", defaults.attnHeads(), FEW),
            from.flag("lowres_cond", defaults.lowresCond()),
            from.flag("memory_efficient", defaults.memoryEfficient()),
            from.flag("attend_at_middle", defaults.attendAtMiddle()));
    from.requireNoOthers("Unet");
    return arguments;
  }

  /** The same at every resolution, however many there are. */
  private static <T> List<T> one(List<T> perLayer) {
    return perLayer.subList(0, 1);
  }

  ObjectNode json() {
    ObjectNode json = JsonNodeFactory.instance.objectNode();
    json.put("dim", dim);
    dimMults.forEach(json.putArray("dim_mults")::add);
    json.put("channels", channels).put("channels_out", channelsOut).put("cond_dim", condDim);
    json.put("text_embed_dim", textEmbedDim);
    numResnetBlocks.forEach(json.putArray("num_resnet_blocks")::add);
    layerAttns.forEach(json.putArray("layer_attns")::add);
    layerCrossAttns.forEach(json.putArray("layer_cross_attns")::add);
    json.put("attn_heads", attnHeads).put("lowres_cond", lowresCond);
    return json.put("memory_efficient", memoryEfficient).put("attend_at_middle", attendAtMiddle);
  }
}
