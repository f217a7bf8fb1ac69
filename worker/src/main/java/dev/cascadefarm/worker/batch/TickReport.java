package dev.cascadefarm.worker.batch;

import dev.cascadefarm.common.job.Progress;
import dev.cascadefarm.common.queue.TaskQueue.Failure;
import dev.cascadefarm.diffusion.stage.Checkpoint;
import dev.cascadefarm.diffusion.stage.HostTensor;
import dev.cascadefarm.diffusion.stage.StageValue;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What one tick did, slot by slot. Everything in it lies in host memory and belongs to the
 * receiver.
 */
public record TickReport(
    List<Resumed> resumed, List<Advanced> advanced, List<Finished> finished, List<Failed> failed) {
  public TickReport {
    resumed = List.copyOf(resumed);
    advanced = List.copyOf(advanced);
    finished = List.copyOf(finished);
    failed = List.copyOf(failed);
  }

  /**
   * A sample that came with a checkpoint.
   *
   * @param rows finished when it began here; 0 if it had to start over
   * @param refusal why it had to; absent if it went on
   */
  public record Resumed(Slot slot, int rows, @Nullable String refusal) {}

  /**
   * A sample that moved and has rows left.
   *
   * @param preview {@code (3, H, W)} in [0, 1]; absent when none is due
   * @param checkpoint what it takes to go on from here; absent where samples cannot
   */
  public record Advanced(
      Slot slot,
      Progress progress,
      @Nullable HostTensor preview,
      @Nullable Checkpoint checkpoint) {}

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
