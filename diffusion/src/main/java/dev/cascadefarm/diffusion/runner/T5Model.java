package dev.cascadefarm.diffusion.runner;

import dev.cascadefarm.diffusion.stage.HostTensor;
import dev.cascadefarm.diffusion.t5.T5Convention;
import dev.cascadefarm.diffusion.t5.T5TextEncoder;
import dev.cascadefarm.diffusion.t5.T5Tokenizer.Tokens;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * A T5. By MinImagen's convention only a caption's own tokens go through the model, and the padding
 * is put behind them.
 */
final class T5Model implements CaptionModel {
  private final T5TextEncoder encoder;

  T5Model(T5TextEncoder encoder) {
    this.encoder = encoder;
  }

  @Override
  public Caption read(String text) {
    int length = encoder.config().maxTextLen();
    Tokens tokens = encoder.tokenize(text);
    float[] mask = new float[length];
    Arrays.fill(mask, 0, tokens.ids().length, 1);
    List<String> remarks =
        tokens.dropped() == 0
            ? List.of()
            : List.of(
                "%d tokens beyond the first %d are ignored"
                    .formatted(tokens.dropped(), length - 1));
    return new Caption(Arrays.copyOf(tokens.ids(), length), mask, remarks);
  }

  /** Networks of IF's kind were taught the empty caption as "no caption". */
  @Override
  public Optional<String> noCaption() {
    return embedsPadding() ? Optional.of("") : Optional.empty();
  }

  private boolean embedsPadding() {
    return encoder.config().convention() == T5Convention.DEEPFLOYD;
  }

  @Override
  public Embedded embed(Caption caption) {
    if (embedsPadding()) {
      HostTensor mask = HostTensor.of(caption.mask(), 1, caption.mask().length);
      return new Embedded(encoder.encodePadded(caption.ids(), mask), null);
    }
    int tokens = 0;
    while (tokens < caption.mask().length && caption.mask()[tokens] != 0) {
      tokens++;
    }
    Tokens own = new Tokens(Arrays.copyOf(caption.ids(), tokens), 0);
    float[] embeds = encoder.encodeTokens(List.of(own)).embeds().data();
    int length = caption.mask().length;
    int width = encoder.config().t5().dModel();
    return new Embedded(
        HostTensor.of(Arrays.copyOf(embeds, length * width), 1, length, width), null);
  }

  @Override
  public void close() {
    encoder.close();
  }
}
