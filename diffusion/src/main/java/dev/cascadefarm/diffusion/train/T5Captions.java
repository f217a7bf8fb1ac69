package dev.cascadefarm.diffusion.train;

import dev.cascadefarm.diffusion.stage.HostTensor;
import dev.cascadefarm.diffusion.t5.T5TextEncoder;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A T5. Each caption goes through it alone, so that its embeddings depend on no other; those used
 * last are kept, up to a number of bytes.
 */
public final class T5Captions implements CaptionEncoder {
  private static final long MAX_KEPT_BYTES = 1L << 28;

  private final T5TextEncoder encoder;
  private final int length;
  private final int mostKept;
  private final Map<String, float[]> kept = new LinkedHashMap<>(16, 0.75f, true);

  /**
   * Takes over an encoder; it is closed with this one.
   *
   * @param length N, at least the encoder's own longest caption
   */
  public T5Captions(T5TextEncoder encoder, int length) {
    this.encoder = encoder;
    this.length = length;
    long bytes = 4L * encoder.config().maxTextLen() * encoder.config().t5().dModel();
    this.mostKept = (int) Math.max(1, MAX_KEPT_BYTES / bytes);
    if (encoder.config().maxTextLen() > length) {
      throw new IllegalArgumentException(
          "caption length: %d tokens (expected: at most %d, the U-Net's max_text_len)"
              .formatted(encoder.config().maxTextLen(), length));
    }
  }

  @Override
  public Encoded encode(List<String> captions) {
    int width = encoder.config().t5().dModel();
    int count = captions.size();
    float[] embeds = new float[count * length * width];
    float[] mask = new float[count * length];
    for (int i = 0; i < count; i++) {
      float[] own = own(captions.get(i));
      System.arraycopy(own, 0, embeds, i * length * width, own.length);
      Arrays.fill(mask, i * length, i * length + own.length / width, 1);
    }
    return new Encoded(
        HostTensor.of(embeds, count, length, width), HostTensor.of(mask, count, length));
  }

  /** Embeddings of the caption's own tokens. */
  private float[] own(String caption) {
    float[] known = kept.get(caption);
    if (known != null) {
      return known;
    }
    float[] embeds = encoder.encode(List.of(caption)).embeds().data();
    kept.put(caption, embeds);
    if (kept.size() > mostKept) {
      kept.remove(kept.keySet().iterator().next());
    }
    return embeds;
  }

  @Override
  public int dropped(String caption) {
    return encoder.tokenize(caption).dropped();
  }

  @Override
  public void close() {
    encoder.close();
  }
}
