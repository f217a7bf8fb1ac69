package dev.cascadefarm.diffusion.train;

import dev.cascadefarm.diffusion.engine.TorchModule;
import dev.cascadefarm.diffusion.engine.TorchModule.Input;
import dev.cascadefarm.diffusion.stage.HostTensor;
import dev.cascadefarm.diffusion.text.TextEncoder;
import dev.cascadefarm.diffusion.text.TextEncoderConfig;
import dev.cascadefarm.diffusion.text.WordTokenizer;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/** A taught {@link TextEncoder} with its words. */
public final class WordCaptions implements CaptionEncoder {
  private final TorchModule encoder;
  private final WordTokenizer tokenizer;
  private final int length;

  private WordCaptions(TorchModule encoder, WordTokenizer tokenizer, int length) {
    this.encoder = encoder;
    this.tokenizer = tokenizer;
    this.length = length;
  }

  /**
   * Loads an encoder.
   *
   * @param tokenizer a {@code tokenizer.json}
   */
  public static WordCaptions load(
      TextEncoderConfig config, Map<String, HostTensor> weights, Path tokenizer)
      throws IOException {
    TorchModule encoder =
        TorchModule.load(new TextEncoder(config).graph(), weights, "cpu", TorchModule.Mode.FROZEN);
    try {
      WordTokenizer words = WordTokenizer.load(tokenizer, config.maxTextLen());
      return new WordCaptions(encoder, words, config.maxTextLen());
    } catch (IOException | RuntimeException e) {
      encoder.close();
      throw e;
    }
  }

  @Override
  public Encoded encode(List<String> captions) {
    List<Input> tokens = tokens(tokenizer, length, captions);
    HostTensor embeds = encoder.call(TextEncoder.ENCODE, tokens).get(0);
    return new Encoded(embeds, ((Input.Floats) tokens.get(1)).tensor());
  }

  @Override
  public int dropped(String caption) {
    return tokenizer.encode(caption).dropped();
  }

  /** Token ids {@code (B, N)} and mask {@code (B, N)}. */
  static List<Input> tokens(WordTokenizer tokenizer, int length, List<String> captions) {
    int count = captions.size();
    long[] ids = new long[count * length];
    float[] mask = new float[count * length];
    for (int i = 0; i < count; i++) {
      WordTokenizer.Tokens tokens = tokenizer.encode(captions.get(i));
      System.arraycopy(tokens.ids(), 0, ids, i * length, length);
      System.arraycopy(tokens.mask(), 0, mask, i * length, length);
    }
    return List.of(
        new Input.Longs(new long[] {count, length}, ids),
        new Input.Floats(HostTensor.of(mask, count, length)));
  }

  @Override
  public void close() {
    encoder.close();
    tokenizer.close();
  }
}
