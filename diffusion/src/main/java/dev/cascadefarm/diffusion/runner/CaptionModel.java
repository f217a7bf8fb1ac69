package dev.cascadefarm.diffusion.runner;

import dev.cascadefarm.diffusion.stage.HostTensor;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** A text model with its tokenizer, as {@link TextStage} uses it. Lives on the engine thread. */
interface CaptionModel extends AutoCloseable {
  /**
   * A caption as the model's numbers, padded to the model's length.
   *
   * @param ids {@code (N)}
   * @param mask 1 for a token, 0 for padding, {@code (N)}
   * @param remarks for the submitter, for example on words that are ignored
   */
  record Caption(long[] ids, float[] mask, List<String> remarks) {
    public Caption {
      remarks = List.copyOf(remarks);
    }
  }

  /** Reads a caption; runs no model. */
  Caption read(String text);

  /**
   * An encoded caption.
   *
   * @param embeds of its tokens, {@code (1, N, E)}; a CLIP embeds padding too, others give zeros
   * @param pooled of the caption as a whole, {@code (1, P)}; absent if the model has none
   */
  record Embedded(HostTensor embeds, @Nullable HostTensor pooled) {}

  /**
   * What stands for a negative prompt where none is given: a caption, or nothing, for models whose
   * diffusion stages have a "no caption" of their own.
   */
  default Optional<String> noCaption() {
    return Optional.empty();
  }

  /** Encodes a caption. */
  Embedded embed(Caption caption);

  @Override
  void close();
}
