package dev.cascadefarm.common.queue;

import dev.cascadefarm.common.cascade.BundleId;

/**
 * Who wants to hear at once what the queue would otherwise be asked for. A hint may be lost; truth
 * stays in Redis. Implementations are thread-safe.
 */
public interface QueueHints {
  /** Tasks of a bundle became ready. */
  void publishReady(BundleId bundle);

  /** A job's event log grew, or its cancellation was asked for. */
  void publishJob(String job);
}
