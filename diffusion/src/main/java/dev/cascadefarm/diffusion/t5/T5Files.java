package dev.cascadefarm.diffusion.t5;

import dev.cascadefarm.diffusion.weights.TensorView;
import java.nio.file.Path;
import java.util.Map;

/** A T5 on this machine, however its files are laid out. */
public sealed interface T5Files permits T5Folder, T5Parts {
  /** Where it is, for messages. */
  Path path();

  /**
   * The architecture.
   *
   * @throws T5FilesException if it is not a T5's
   */
  T5Config config();

  /** The encoder's weights where they lie, by their paths in the encoder. */
  Map<String, TensorView> weights();

  /** The tokenizer's file. */
  Path tokenizer();
}
