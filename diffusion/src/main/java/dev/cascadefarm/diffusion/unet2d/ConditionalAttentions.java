package dev.cascadefarm.diffusion.unet2d;

import dev.cascadefarm.diffusion.diffusers.DiffusersConfig;
import dev.cascadefarm.diffusion.unet2d.AddedKeyAttention.TokenNorm;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What the configuration of a {@code UNet2DConditionModel} says of its attentions.
 *
 * @param headNumbers {@code attention_head_dim} for each block: the number of heads of a {@link
 *     Transformer}, the width of a head of an {@link AddedKeyAttention}
 * @param layers of each transformer
 * @param onlyTokens for each block
 * @param middleOnlyTokens for the middle
 */
record ConditionalAttentions(
    DiffusersConfig file,
    SharedKeys shared,
    int tokenWidth,
    List<Integer> headNumbers,
    List<Integer> layers,
    List<Boolean> onlyTokens,
    boolean middleOnlyTokens,
    boolean linearProjection,
    TokenNorm tokenNorm) {
  private static final String HEADS = "attention_head_dim";
  private static final String NORM = "cross_attention_norm";

  static ConditionalAttentions read(DiffusersConfig file, SharedKeys shared) {
    int blocks = shared.channels().size();
    List<Integer> widths = file.sizesOf(blocks, "cross_attention_dim", 1280);
    int width = widths.get(0);
    file.require(
        widths.stream().allMatch(each -> each == width), "cross_attention_dim", "the same for all");
    String key = "only_cross_attention";
    List<Boolean> only = file.flagsOf(blocks, key, false);
    Boolean middle = file.flagOrNull("mid_block_only_cross_attention");
    // a list says nothing about the middle
    boolean otherwise = !file.isList(key) && only.get(0);
    return new ConditionalAttentions(
        file,
        shared,
        width,
        file.sizesOf(blocks, HEADS, 8),
        file.layersOf(blocks, "transformer_layers_per_block", 1),
        only,
        Objects.requireNonNullElse(middle, otherwise),
        file.is("use_linear_projection", false),
        tokenNorm(file));
  }

  private static TokenNorm tokenNorm(DiffusersConfig file) {
    String norm = file.textOrNull(NORM);
    if (norm == null) {
      return TokenNorm.NONE;
    }
    boolean layer = norm.equals("layer_norm");
    file.require(layer || norm.equals("group_norm"), NORM, "layer_norm, group_norm or null");
    return layer ? TokenNorm.LAYER_NORM : TokenNorm.GROUP_NORM;
  }

  @Nullable Attention down(BlockKind kind, int index, int channels) {
    return switch (kind) {
      case PLAIN, RESNET, PIXELS -> null;
      case TRANSFORMER ->
          transformer(headNumbers.get(index), layers.get(index), channels, onlyTokens.get(index));
      case ADDED_KEYS -> addedKeys(headNumbers.get(index), channels, onlyTokens.get(index));
    };
  }

  @Nullable Attention up(BlockKind kind, int index, int channels) {
    int mirrored = headNumbers.size() - 1 - index;
    return switch (kind) {
      case PLAIN, RESNET, PIXELS -> null;
      case TRANSFORMER ->
          transformer(
              headNumbers.get(mirrored), layers.get(mirrored), channels, onlyTokens.get(mirrored));
      // diffusers reads the list of widths from its start on the way up, too
      case ADDED_KEYS -> addedKeys(headNumbers.get(index), channels, onlyTokens.get(mirrored));
    };
  }

  Attention middleTransformer() {
    int last = headNumbers.size() - 1;
    return transformer(headNumbers.get(last), layers.get(last), shared.lowest(), false);
  }

  Attention middleAddedKeys() {
    int last = headNumbers.size() - 1;
    return addedKeys(headNumbers.get(last), shared.lowest(), middleOnlyTokens);
  }

  private Attention transformer(int heads, int count, int channels, boolean only) {
    file.require(heads <= channels, HEADS, "at most " + channels + " heads");
    int groups = shared.normalization().groups();
    return new Transformer(heads, count, groups, linearProjection, only);
  }

  private Attention addedKeys(int width, int channels, boolean only) {
    file.require(channels % width == 0, HEADS, "a divisor of " + channels + " channels");
    boolean groups = tokenWidth % TokenNorm.GROUPS == 0;
    file.require(
        tokenNorm != TokenNorm.GROUP_NORM || groups,
        "cross_attention_dim",
        "a multiple of " + TokenNorm.GROUPS + ", for group_norm");
    boolean alike = tokenWidth == channels;
    file.require(
        tokenNorm != TokenNorm.LAYER_NORM || alike,
        NORM,
        "not layer_norm where tokens have " + tokenWidth + " and pictures " + channels);
    return new AddedKeyAttention(width, shared.normalization().groups(), only, tokenNorm);
  }
}
