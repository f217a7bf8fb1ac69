package dev.cascadefarm.common.queue.model;

import dev.cascadefarm.common.job.TaskId;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What the model knows of the queue of one bundle, besides its tasks. */
final class ModelBundle {
  @Nullable String paused;

  /** Tasks that may run at once; absent without a bound. */
  @Nullable Integer most;

  /** Since when its breaker is open; absent unless it is. */
  @Nullable Long brokenSince;

  /** What a task costs, as the worker said that told it last. */
  @Nullable Double secondsPerTask;

  long nextProbe;

  /** Tasks that lately failed around themselves, with the time. */
  final Map<TaskId, Long> broken = new HashMap<>();

  /** Who makes room for a suspect, and until when. */
  @Nullable String reserved;

  long reservedUntil;

  /** When each worker last said that it serves this bundle. */
  final Map<String, Long> serving = new HashMap<>();
}
