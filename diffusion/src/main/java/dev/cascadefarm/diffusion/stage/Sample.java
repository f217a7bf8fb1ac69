package dev.cascadefarm.diffusion.stage;

import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * One task's work on its way through a {@link StageRunner}. Belongs to the runner that began it and
 * is not thread-safe: ask and advance it on the engine thread.
 */
public interface Sample {
  /** Rows (model calls) finished. */
  int rowsDone();

  /** Rows in all, at least 1. */
  int rowsTotal();

  /** Whether {@link #outputs} may be asked for. */
  default boolean done() {
    return rowsDone() == rowsTotal();
  }

  /**
   * The present guess of the final picture, {@code (3, H, W)} in [0, 1]; empty if there is none.
   */
  Optional<HostTensor> preview();

  /**
   * What it takes to go on from here elsewhere; empty before the first row, after the last, and
   * where a sample has one row. Costs next to nothing, and stays as it is while the sample goes on.
   */
  default Optional<Checkpoint> checkpoint() {
    return Optional.empty();
  }

  /**
   * The results by the bundle's output names.
   *
   * @throws IllegalStateException if the sample is not done
   */
  Map<String, StageValue> outputs();

  /** Remarks for the submitter, for example words the model does not know. */
  List<String> warnings();
}
