package dev.cascadefarm.diffusion.imagen;

import static dev.cascadefarm.diffusion.check.Check.require;

import com.fasterxml.jackson.annotation.JsonFormat;
import com.fasterxml.jackson.annotation.JsonFormat.Feature;
import com.fasterxml.jackson.databind.annotation.JsonDeserialize;
import com.fasterxml.jackson.databind.annotation.JsonPOJOBuilder;
import java.util.Collections;
import java.util.List;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * Architecture of a {@link Unet}; every name but the last is MinImagen's, where {@code
 * max_text_len} and {@code attn_dim_head} are constants. Made by {@link #builder}, which starts
 * from MinImagen's defaults, as its JSON does.
 *
 * @param dim channels after the first convolution; a multiple of 8
 * @param dimMults channels of each resolution, as multiples of {@code dim}
 * @param channels of the picture
 * @param channelsOut of the prediction
 * @param condDim width of the conditioning tokens
 * @param textEmbedDim width of the caption's embeddings
 * @param numResnetBlocks per resolution, beside the first; 0 or more
 * @param layerAttns per resolution, whether it ends in self-attention
 * @param layerCrossAttns per resolution, whether it attends to the conditioning tokens
 * @param attnHeads heads of the self-attention; cross-attention always has 8
 * @param lowresCond whether the picture to enlarge comes in as more channels
 * @param memoryEfficient whether each resolution starts with its downsampling
 * @param attendAtMiddle whether there is self-attention at the lowest resolution
 * @param maxTextLen tokens of a caption
 * @param attnDimHead width of an attention head
 * @param patchSize side of the squares of pixels that the U-Net takes and gives as one position, so
 *     that it works on a grid smaller by that factor (Hoogeboom et al. 2023, arXiv 2301.11093,
 *     §3.2); 1 as in MinImagen
 */
@JsonDeserialize(builder = UnetConfig.Builder.class)
public record UnetConfig(
    int dim,
    List<Integer> dimMults,
    int channels,
    int channelsOut,
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
    int attnDimHead,
    int patchSize) {
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
    requirePositive("channels", channels);
    requirePositive("channels_out", channelsOut);
    requirePositive("cond_dim", condDim);
    requirePositive("text_embed_dim", textEmbedDim);
    requirePositive("attn_heads", attnHeads);
    requirePositive("max_text_len", maxTextLen);
    requirePositive("attn_dim_head", attnDimHead);
    requirePositive("patch_size", patchSize);
  }

  /** MinImagen's defaults. */
  public static Builder builder() {
    return new Builder();
  }

  /** A builder that starts from this architecture. */
  public Builder toBuilder() {
    return builder()
        .dim(dim)
        .dimMults(ints(dimMults))
        .channels(channels)
        .channelsOut(channelsOut)
        .condDim(condDim)
        .textEmbedDim(textEmbedDim)
        .numResnetBlocks(ints(numResnetBlocks))
        .layerAttns(layerAttns.toArray(Boolean[]::new))
        .layerCrossAttns(layerCrossAttns.toArray(Boolean[]::new))
        .attnHeads(attnHeads)
        .lowresCond(lowresCond)
        .memoryEfficient(memoryEfficient)
        .attendAtMiddle(attendAtMiddle)
        .maxTextLen(maxTextLen)
        .attnDimHead(attnDimHead)
        .patchSize(patchSize);
  }

  private static int[] ints(List<Integer> values) {
    return values.stream().mapToInt(Integer::intValue).toArray();
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
    return patchSize << (memoryEfficient ? layers() : layers() - 1);
  }

  /**
   * Refuses a model that predicts more or fewer channels than it is given.
   *
   * @throws IllegalArgumentException if it does
   */
  void requireAsManyChannelsOut() {
    require(channelsOut == channels, "channels_out", channelsOut, channels + ", as channels");
  }

  private static <T> List<T> perLayer(String name, List<T> values, int layers) {
    require(values.size() == 1 || values.size() == layers, name, values, "one value or " + layers);
    return values.size() == layers
        ? List.copyOf(values)
        : Collections.nCopies(layers, values.get(0));
  }

  private static void requirePositive(String name, int value) {
    require(value >= 1, name, value, ">= 1");
  }

  /**
   * Collects an architecture, argument by argument; what is not named keeps MinImagen's default. In
   * JSON, per-layer arguments may be one value instead of a list. Not thread-safe.
   */
  @JsonPOJOBuilder(withPrefix = "")
  public static final class Builder {
    private int dim = 128;
    private List<Integer> dimMults = List.of(1, 2, 4);
    private int channels = 3;
    private @Nullable Integer channelsOut;
    private @Nullable Integer condDim;
    private int textEmbedDim = 512;
    private List<Integer> numResnetBlocks = List.of(1);
    private List<Boolean> layerAttns = List.of(true);
    private List<Boolean> layerCrossAttns = List.of(true);
    private int attnHeads = 8;
    private boolean lowresCond;
    private boolean memoryEfficient;
    private boolean attendAtMiddle;
    private int maxTextLen = 256;
    private int attnDimHead = 64;
    private int patchSize = 1;

    private Builder() {}

    /** Channels after the first convolution. */
    public Builder dim(int value) {
      dim = value;
      return this;
    }

    /** One multiple for each resolution. */
    @JsonFormat(with = Feature.ACCEPT_SINGLE_VALUE_AS_ARRAY)
    public Builder dimMults(int... values) {
      dimMults = list(values);
      return this;
    }

    public Builder channels(int value) {
      channels = value;
      return this;
    }

    /** Absent: as {@code channels}. */
    public Builder channelsOut(@Nullable Integer value) {
      channelsOut = value;
      return this;
    }

    /** Absent: as {@code dim}. */
    public Builder condDim(@Nullable Integer value) {
      condDim = value;
      return this;
    }

    public Builder textEmbedDim(int value) {
      textEmbedDim = value;
      return this;
    }

    /** One value, or one for each resolution. */
    @JsonFormat(with = Feature.ACCEPT_SINGLE_VALUE_AS_ARRAY)
    public Builder numResnetBlocks(int... values) {
      numResnetBlocks = list(values);
      return this;
    }

    /** One value, or one for each resolution. */
    @JsonFormat(with = Feature.ACCEPT_SINGLE_VALUE_AS_ARRAY)
    public Builder layerAttns(Boolean... values) {
      layerAttns = List.of(values);
      return this;
    }

    /** One value, or one for each resolution. */
    @JsonFormat(with = Feature.ACCEPT_SINGLE_VALUE_AS_ARRAY)
    public Builder layerCrossAttns(Boolean... values) {
      layerCrossAttns = List.of(values);
      return this;
    }

    public Builder attnHeads(int value) {
      attnHeads = value;
      return this;
    }

    public Builder lowresCond(boolean value) {
      lowresCond = value;
      return this;
    }

    public Builder memoryEfficient(boolean value) {
      memoryEfficient = value;
      return this;
    }

    public Builder attendAtMiddle(boolean value) {
      attendAtMiddle = value;
      return this;
    }

    public Builder maxTextLen(int value) {
      maxTextLen = value;
      return this;
    }

    public Builder attnDimHead(int value) {
      attnDimHead = value;
      return this;
    }

    public Builder patchSize(int value) {
      patchSize = value;
      return this;
    }

    /**
     * The architecture.
     *
     * @throws IllegalArgumentException naming the first argument that is out of range
     */
    public UnetConfig build() {
      return new UnetConfig(
          dim,
          dimMults,
          channels,
          channelsOut == null ? channels : channelsOut,
          condDim == null ? dim : condDim,
          textEmbedDim,
          numResnetBlocks,
          layerAttns,
          layerCrossAttns,
          attnHeads,
          lowresCond,
          memoryEfficient,
          attendAtMiddle,
          maxTextLen,
          attnDimHead,
          patchSize);
    }

    private static List<Integer> list(int... values) {
      return IntStream.of(values).boxed().toList();
    }
  }
}
