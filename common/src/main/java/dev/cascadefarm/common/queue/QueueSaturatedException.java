package dev.cascadefarm.common.queue;

/** Too many commands of this process wait for Redis: this one was not sent. Try again later. */
public final class QueueSaturatedException extends QueueUnavailableException {
  QueueSaturatedException(int inFlight) {
    super("commands in flight: " + inFlight + " (expected: fewer)");
  }
}
