package dev.cascadefarm.diffusion.train;

import dev.cascadefarm.diffusion.data.CaptionedPictures;
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

  /** A line that says how many captions lose their tail, and how much; empty if none does. */
  default String cutCaptions(CaptionedPictures pictures) {
    if (pictures.count() == CaptionedPictures.ENDLESS) {
      return "";
    }
    long cut = 0;
    long most = 0;
    for (long i = 0; i < pictures.count(); i++) {
      int dropped = dropped(pictures.caption(i));
      cut += dropped > 0 ? 1 : 0;
      most = Math.max(most, dropped);
    }
    return cut == 0
        ? ""
        : "captions: %d of %d are too long and lose their tail, at most %d tokens"
            .formatted(cut, pictures.count(), most);
  }

  @Override
  void close();
}
