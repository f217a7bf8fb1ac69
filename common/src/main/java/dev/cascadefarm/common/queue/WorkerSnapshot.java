package dev.cascadefarm.common.queue;

import dev.cascadefarm.common.cascade.BundleId;
import org.jspecify.annotations.Nullable;

/**
 * A worker as it last described itself.
 *
 * @param id fresh UUID per process
 * @param device for example {@code cpu} or {@code cuda:0}
 * @param slots places in its running batch
 * @param busy places taken
 * @param secondsPerTask seconds of the device that a task has lately taken; absent before the first
 * @param lastSeen milliseconds since the epoch by Redis' clock; 0 when sent
 */
public record WorkerSnapshot(
    String id,
    BundleId bundle,
    String host,
    long pid,
    String device,
    int slots,
    int busy,
    @Nullable Double secondsPerTask,
    long lastSeen) {
  /** The process that it lives in. */
  public ProcessName process() {
    return new ProcessName(host, pid);
  }

  WorkerSnapshot seenAt(long time) {
    return new WorkerSnapshot(id, bundle, host, pid, device, slots, busy, secondsPerTask, time);
  }
}
