package dev.cascadefarm.diffusion.text;

/**
 * Architecture of a {@link TextEncoder}.
 *
 * @param vocabSize tokens it knows
 * @param maxTextLen tokens of a caption, padding included
 * @param width of an embedding
 * @param layers transformer blocks
 * @param heads of every attention; divides {@code width}
 */
public record TextEncoderConfig(int vocabSize, int maxTextLen, int width, int layers, int heads) {
  public TextEncoderConfig {
    if (vocabSize < 1 || maxTextLen < 1 || layers < 1 || heads < 1 || width % heads != 0) {
      throw new IllegalArgumentException(
          "text encoder: %d tokens, %d long, %d wide, %d layers, %d heads (expected: all >= 1, width a multiple of heads)"
              .formatted(vocabSize, maxTextLen, width, layers, heads));
    }
  }
}
