package dev.cascadefarm.worker.task;

import dev.cascadefarm.common.cascade.BundleId;
import dev.cascadefarm.common.queue.WorkerSnapshot;
import org.jspecify.annotations.Nullable;

/**
 * Who a worker is.
 *
 * @param id fresh UUID, never used twice
 * @param digest SHA-256 (hex) of the bundle's {@code stage.json}
 * @param host name of the machine, for people
 */
public record WorkerIdentity(
    String id, BundleId bundle, String digest, String host, long pid, String device, int slots) {

  /**
   * What the worker says of itself.
   *
   * @param busy slots taken
   * @param secondsPerTask of the device, lately; absent before the first task
   */
  public WorkerSnapshot snapshot(int busy, @Nullable Double secondsPerTask) {
    return new WorkerSnapshot(id, bundle, host, pid, device, slots, busy, secondsPerTask, 0);
  }
}
