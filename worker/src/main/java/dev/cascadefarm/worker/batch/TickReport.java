package dev.cascadefarm.worker.batch;

import dev.cascadefarm.common.job.Progress;
import dev.cascadefarm.common.queue.TaskQueue.Failure;
import dev.cascadefarm.diffusion.stage.HostTensor;
import dev.cascadefarm.diffusion.stage.StageValue;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What one tick did, slot by slot. Everything in it lies in host memory and belongs to the
 * receiver.
 */
public record TickReport(List<Advanced> advanced, List<Finished> finished, List<Failed> failed) {
  public TickReport {
    advanced = List.copyOf(advanced);
    finished = List.copyOf(finished);
    failed = List.copyOf(failed);
  }

  /**
   * A sample that moved and has rows left.
   *
   * @param preview {@code (3, H, W)} in [0, 1]; absent when none is due
   */
  public record Advanced(Slot slot, Progress progress, @Nullable HostTensor preview) {}

  /** A sample that ran its last row and has left the batch. */
  public record Finished(
      Slot slot, Map<String, StageValue> outputs, List<String> warnings, Rows rows) {}

  /** A sample that cannot go on and has left the batch. */
  public record Failed(Slot slot, Failure.Kind kind, String reason) {}

  /**
   * A sample's way through the engine, by {@link System#nanoTime}.
   *
   * @param count rows run
   * @param joined when it began to wait for the engine
   * @param first when its first tick started
   * @param last when its last tick ended
   */
  public record Rows(int count, long joined, long first, long last) {}
}
