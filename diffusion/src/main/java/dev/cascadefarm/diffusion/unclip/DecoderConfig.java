package dev.cascadefarm.diffusion.unclip;

import dev.cascadefarm.diffusion.check.Check;
import java.util.List;

/**
 * Architecture of a {@link Decoder}.
 *
 * @param channels of its pictures
 * @param dim channels of the first level; even, a multiple of {@code groups} and {@code heads}
 * @param ratios channels of each level as multiples of {@code dim}, at least one; each level has
 *     half the side of the one before
 * @param blocks residual blocks of a level
 * @param condDim width of the vector that scales and shifts
 * @param groups of every normalisation
 * @param heads of every attention
 * @param latentDim numbers in an embedding, D
 * @param imageTokens that an embedding becomes for the attention
 * @param textWidth of the encodings it reads, E
 * @param maxTextLen tokens of a caption, N
 */
public record DecoderConfig(
    int channels,
    int dim,
    List<Integer> ratios,
    int blocks,
    int condDim,
    int groups,
    int heads,
    int latentDim,
    int imageTokens,
    int textWidth,
    int maxTextLen) {
  public DecoderConfig {
    ratios = List.copyOf(ratios);
    Check.require(channels >= 1, "channels", channels, ">= 1");
    Check.require(groups >= 1, "groups", groups, ">= 1");
    Check.require(heads >= 1, "heads", heads, ">= 1");
    Check.require(
        dim >= 1 && dim % 2 == 0 && dim % groups == 0 && dim % heads == 0,
        "dim",
        dim,
        "even, a multiple of %d groups and %d heads".formatted(groups, heads));
    Check.require(
        !ratios.isEmpty() && ratios.stream().allMatch(each -> each >= 1),
        "ratios",
        ratios,
        "at least one, all >= 1");
    Check.require(blocks >= 1, "blocks", blocks, ">= 1");
    Check.require(condDim >= 1, "cond_dim", condDim, ">= 1");
    Check.require(latentDim >= 1, "latent_dim", latentDim, ">= 1");
    Check.require(imageTokens >= 1, "image_tokens", imageTokens, ">= 1");
    Check.require(textWidth >= 1, "text_width", textWidth, ">= 1");
    Check.require(maxTextLen >= 1, "max_text_len", maxTextLen, ">= 1");
  }

  int levels() {
    return ratios.size();
  }

  int width(int level) {
    return dim * ratios.get(level);
  }

  /** Levels between the first and the last attend; the last one does so in its middle. */
  boolean attends(int level) {
    return level > 0 && level < levels() - 1;
  }

  /** What a picture's side must be a multiple of. */
  public int sideMultiple() {
    return 1 << (levels() - 1);
  }
}
