package dev.cascadefarm.worker.task;

import dev.cascadefarm.common.cascade.BundleId;
import dev.cascadefarm.common.queue.WorkerSnapshot;

/**
 * Who a worker is.
 *
 * @param id fresh UUID, never used twice
 * @param digest SHA-256 (hex) of the bundle's {@code stage.json}
 * @param host name of the machine, for people
 */
public record WorkerIdentity(
    String id, BundleId bundle, String digest, String host, long pid, String device, int slots) {

  /** What the worker says of itself with that many slots taken. */
  public WorkerSnapshot snapshot(int busy) {
    return new WorkerSnapshot(id, bundle, host, pid, device, slots, busy, 0);
  }
}
