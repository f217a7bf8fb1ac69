package dev.cascadefarm.common.queue;

/** Redis is out of memory and refused the command: nothing changed. Try again later. */
public final class QueueFullException extends QueueUnavailableException {
  QueueFullException(Throwable cause) {
    super("Redis: out of memory (expected: used memory below maxmemory)", cause);
  }
}
