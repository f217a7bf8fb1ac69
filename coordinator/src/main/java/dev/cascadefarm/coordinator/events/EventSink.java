package dev.cascadefarm.coordinator.events;

import dev.cascadefarm.common.queue.JobEvent;

/** Where a feed writes: one client's stream. Used on one event loop only. */
interface EventSink {
  /** Writes one event; allowed even when full. */
  void send(JobEvent event);

  /** Whether the client has more to read than it should. */
  boolean full();

  /** Calls back each time the stream is no longer full. */
  void onDrain(Runnable action);

  /** Calls back once the stream is closed, by whomever. */
  void onClose(Runnable action);

  /** Keeps a silent stream open. */
  void ping();

  /** Ends the stream after its last event. */
  void finish();

  /** Ends the stream before its last event; the client continues from its cursor. */
  void abort(Reason reason);

  /** Why a stream ends early. */
  enum Reason {
    /** The client does not read. */
    SLOW,
    /** The coordinator stops. */
    STOPPING
  }
}
