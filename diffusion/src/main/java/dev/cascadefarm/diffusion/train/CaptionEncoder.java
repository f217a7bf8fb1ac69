package dev.cascadefarm.diffusion.train;

import dev.cascadefarm.diffusion.stage.HostTensor;
import java.util.List;

/**
 * A frozen text encoder, as training uses it: the same caption always gives the same embeddings.
 * Lives on the engine thread.
 */
public interface CaptionEncoder extends AutoCloseable {
  /**
   * Encoded captions.
   *
   * @param embeds {@code (B, N, E)}, zeros for padding
   * @param mask 1 for a token, 0 for padding, {@code (B, N)}
   */
  record Encoded(HostTensor embeds, HostTensor mask) {}

  /** Encodes captions; what is longer than N loses its tail. */
  Encoded encode(List<String> captions);

  /** Tokens of a caption that do not fit into N. */
  int dropped(String caption);

  @Override
  void close();
}
