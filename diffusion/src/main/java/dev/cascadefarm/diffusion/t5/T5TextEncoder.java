package dev.cascadefarm.diffusion.t5;

import dev.cascadefarm.diffusion.engine.TorchModule;
import dev.cascadefarm.diffusion.engine.TorchModule.Input;
import dev.cascadefarm.diffusion.engine.TorchModule.Mode;
import dev.cascadefarm.diffusion.graph.Graph;
import dev.cascadefarm.diffusion.stage.HostTensor;
import dev.cascadefarm.diffusion.t5.T5Tokenizer.Tokens;
import dev.cascadefarm.diffusion.weights.Initialization;
import dev.cascadefarm.diffusion.weights.TensorView;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/**
 * A loaded T5 with its tokenizer: captions in, embeddings and mask out, as MinImagen's {@code
 * t5_encode_text} gives them. Use it from the process's engine thread only.
 */
public final class T5TextEncoder implements AutoCloseable {
  private final T5TextConfig config;
  private final TorchModule module;
  private final T5Tokenizer tokenizer;

  public T5TextEncoder(T5TextConfig config, TorchModule module, T5Tokenizer tokenizer) {
    this.config = config;
    this.module = module;
    this.tokenizer = tokenizer;
  }

  /**
   * Loads a user's T5.
   *
   * @param maxTextLen most tokens of a caption
   * @param device {@code cpu} or {@code cuda:N}
   * @throws T5FilesException if its files cannot be used
   * @throws dev.cascadefarm.diffusion.weights.WeightsException if its weights do not fit
   */
  public static T5TextEncoder load(T5Folder folder, int maxTextLen, String device) {
    T5TextConfig config = new T5TextConfig(folder.config(), maxTextLen);
    T5Tokenizer tokenizer = T5Tokenizer.load(folder.tokenizer(), maxTextLen);
    try {
      Graph graph = new T5Encoder(config).graph();
      Map<String, TensorView> weights = folder.weights();
      Initialization.requireFit(graph, weights, folder.path().toString());
      TorchModule module = TorchModule.load(graph, weights, device, Mode.FROZEN);
      return new T5TextEncoder(config, module, tokenizer);
    } catch (RuntimeException e) {
      tokenizer.close();
      throw e;
    }
  }

  public T5TextConfig config() {
    return config;
  }

  /** A caption's tokens; runs no model. */
  public Tokens tokenize(String caption) {
    return tokenizer.encode(caption);
  }

  /**
   * Encoded captions, padded to the longest of them.
   *
   * @param embeds {@code (B, N, E)}, zeros for padding
   * @param mask 1 for a token, 0 for padding, {@code (B, N)}
   */
  public record Encoded(HostTensor embeds, HostTensor mask) {}

  /** Encodes captions in one call of the model. */
  public Encoded encode(List<String> captions) {
    return encodeTokens(captions.stream().map(this::tokenize).toList());
  }

  /** Encodes captions that are tokens already. */
  public Encoded encodeTokens(List<Tokens> captions) {
    int count = captions.size();
    int longest = captions.stream().mapToInt(each -> each.ids().length).max().orElse(0);
    if (longest == 0) {
      throw new IllegalArgumentException("captions: none (expected: at least one)");
    }
    long[] ids = new long[count * longest];
    float[] visible = new float[count * longest];
    for (int i = 0; i < count; i++) {
      long[] caption = known(captions.get(i).ids());
      System.arraycopy(caption, 0, ids, i * longest, caption.length);
      Arrays.fill(visible, i * longest, i * longest + caption.length, 1);
    }
    HostTensor mask = HostTensor.of(visible, count, longest);
    return new Encoded(call(ids, mask), mask);
  }

  /**
   * Encodes one caption that is padded already.
   *
   * @param mask 1 for a token, 0 for padding, {@code (1, N)}
   * @return {@code (1, N, E)}, padding by the configuration's convention
   */
  public HostTensor encodePadded(long[] ids, HostTensor mask) {
    return call(known(ids), mask);
  }

  private HostTensor call(long[] ids, HostTensor mask) {
    List<Input> inputs = List.of(new Input.Longs(mask.shape(), ids), new Input.Floats(mask));
    return module.call(T5Encoder.ENCODE, inputs).get(0);
  }

  private long[] known(long[] ids) {
    for (long each : ids) {
      if (each >= config.t5().vocabSize()) {
        throw new T5FilesException(
            "tokenizer: token %d (expected: below %d, the model's vocab_size)"
                .formatted(each, config.t5().vocabSize()));
      }
    }
    return ids;
  }

  @Override
  public void close() {
    module.close();
    tokenizer.close();
  }
}
