package dev.cascadefarm.diffusion.imagen;

import com.fasterxml.jackson.databind.annotation.JsonDeserialize;
import java.util.Collections;
import java.util.List;

/**
 * Architecture of a {@link Unet}; every name is MinImagen's, the last two are constants there.
 *
 * @param dim channels after the first convolution; a multiple of 8
 * @param dimMults channels of each resolution, as multiples of {@code dim}
 * @param channels of the picture
 * @param condDim width of the conditioning tokens
 * @param textEmbedDim width of the caption's embeddings
 * @param numResnetBlocks per resolution, beside the first; 0 or more
 * @param layerAttns per resolution, whether it ends in self-attention
 * @param layerCrossAttns per resolution, whether it attends to the conditioning tokens
 * @param attnHeads heads of the self-attention
 * @param lowresCond whether the picture to enlarge comes in as more channels
 * @param memoryEfficient whether each resolution starts with its downsampling
 * @param attendAtMiddle whether there is self-attention at the lowest resolution
 * @param maxTextLen tokens of a caption
 * @param attnDimHead width of an attention head
 */
@JsonDeserialize
public record UnetConfig(
    int dim,
    List<Integer> dimMults,
    int channels,
    int condDim,
    int textEmbedDim,
    List<Integer> numResnetBlocks,
    List<Boolean> layerAttns,
    List<Boolean> layerCrossAttns,
    int attnHeads,
    boolean lowresCond,
    boolean memoryEfficient,
    boolean attendAtMiddle,
    int maxTextLen,
    int attnDimHead) {
  /** Groups of every group normalisation. */
  static final int GROUPS = 8;

  public UnetConfig {
    dimMults = List.copyOf(dimMults);
    numResnetBlocks = perLayer("num_resnet_blocks", numResnetBlocks, dimMults.size());
    layerAttns = perLayer("layer_attns", layerAttns, dimMults.size());
    layerCrossAttns = perLayer("layer_cross_attns", layerCrossAttns, dimMults.size());
    require(dim >= GROUPS && dim % GROUPS == 0, "dim", dim, "a positive multiple of " + GROUPS);
    require(!dimMults.isEmpty(), "dim_mults", dimMults, "at least one");
    require(dimMults.stream().allMatch(each -> each >= 1), "dim_mults", dimMults, "all >= 1");
    require(
        numResnetBlocks.stream().allMatch(each -> each >= 0),
        "num_resnet_blocks",
        numResnetBlocks,
        "all >= 0");
    require(channels >= 1, "channels", channels, ">= 1");
    require(condDim >= 1, "cond_dim", condDim, ">= 1");
    require(textEmbedDim >= 1, "text_embed_dim", textEmbedDim, ">= 1");
    require(attnHeads >= 1, "attn_heads", attnHeads, ">= 1");
    require(maxTextLen >= 1, "max_text_len", maxTextLen, ">= 1");
    require(attnDimHead >= 1, "attn_dim_head", attnDimHead, ">= 1");
  }

  /** Number of resolutions. */
  int layers() {
    return dimMults.size();
  }

  /** Channels at the boundary before layer {@code index}; index 0 is {@code dim}. */
  int width(int index) {
    return index == 0 ? dim : dim * dimMults.get(index - 1);
  }

  /** Width of the vector that scales and shifts the blocks. */
  int timeCondDim() {
    return dim * 4 * (lowresCond ? 2 : 1);
  }

  /** What the side of a picture must be a multiple of. */
  public int sideMultiple() {
    return 1 << (memoryEfficient ? layers() : layers() - 1);
  }

  private static <T> List<T> perLayer(String name, List<T> values, int layers) {
    require(values.size() == 1 || values.size() == layers, name, values, "one value or " + layers);
    return values.size() == layers
        ? List.copyOf(values)
        : Collections.nCopies(layers, values.get(0));
  }

  private static void require(boolean condition, String name, Object value, String expected) {
    if (!condition) {
      throw new IllegalArgumentException(name + ": " + value + " (expected: " + expected + ")");
    }
  }
}
