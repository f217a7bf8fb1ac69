package dev.cascadefarm.diffusion.train;

import dev.cascadefarm.diffusion.engine.TorchModule;
import dev.cascadefarm.diffusion.engine.TorchModule.Input;
import dev.cascadefarm.diffusion.engine.TorchModule.Mode;
import dev.cascadefarm.diffusion.graph.Graph;
import dev.cascadefarm.diffusion.stage.HostTensor;
import dev.cascadefarm.diffusion.text.WordTokenizer;
import dev.cascadefarm.diffusion.unclip.Clip;
import dev.cascadefarm.diffusion.unclip.ClipConfig;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/**
 * A taught CLIP with its words, frozen: the same picture and the same caption always give the same
 * embeddings. Lives on the engine thread.
 */
public final class ClipEncoder implements CaptionEncoder {
  private final ClipConfig config;
  private final TorchModule text;
  private final TorchModule vision;
  private final WordTokenizer tokenizer;

  private ClipEncoder(
      ClipConfig config, TorchModule text, TorchModule vision, WordTokenizer tokenizer) {
    this.config = config;
    this.text = text;
    this.vision = vision;
    this.tokenizer = tokenizer;
  }

  /**
   * Loads a CLIP.
   *
   * @param weights of the whole, as {@link ClipTask} teaches them
   * @param tokenizer a {@code tokenizer.json}
   */
  public static ClipEncoder load(ClipConfig config, Map<String, HostTensor> weights, Path tokenizer)
      throws IOException {
    Clip clip = new Clip(config);
    WordTokenizer words = WordTokenizer.load(tokenizer, config.maxTextLen());
    TorchModule text = null;
    try {
      text = frozen(clip.textGraph(), weights);
      return new ClipEncoder(config, text, frozen(clip.imageGraph(), weights), words);
    } catch (RuntimeException e) {
      words.close();
      if (text != null) {
        text.close();
      }
      throw e;
    }
  }

  private static TorchModule frozen(Graph part, Map<String, HostTensor> weights) {
    return TorchModule.load(part, Clip.part(part, weights), "cpu", Mode.FROZEN);
  }

  public ClipConfig config() {
    return config;
  }

  /**
   * Encoded captions.
   *
   * @param encodings {@code (B, N, E)}, zeros for padding
   * @param mask 1 for a token, 0 for padding, {@code (B, N)}
   * @param embeddings of length √D, {@code (B, D)}
   */
  public record Captions(HostTensor encodings, HostTensor mask, HostTensor embeddings) {}

  /** Encodes captions; what is longer than N loses its tail. */
  public Captions captions(List<String> captions) {
    List<Input> tokens = WordCaptions.tokens(tokenizer, config.maxTextLen(), captions);
    List<HostTensor> out = text.call(Clip.ENCODE_TEXT, tokens);
    HostTensor mask = ((Input.Floats) tokens.get(1)).tensor();
    return new Captions(out.get(0), mask, out.get(1));
  }

  @Override
  public Encoded encode(List<String> captions) {
    Captions encoded = captions(captions);
    return new Encoded(encoded.encodings(), encoded.mask());
  }

  @Override
  public int dropped(String caption) {
    return tokenizer.encode(caption).dropped();
  }

  /**
   * Encodes pictures.
   *
   * @param pictures {@code (B, C, side, side)} in [-1, 1]
   * @return embeddings of length √D, {@code (B, D)}
   */
  public HostTensor pictures(HostTensor pictures) {
    return vision.call(Clip.ENCODE_IMAGE, List.of(new Input.Floats(pictures))).get(0);
  }

  @Override
  public void close() {
    text.close();
    vision.close();
    tokenizer.close();
  }
}
