package dev.cascadefarm.standalone.process;

import java.util.ArrayDeque;
import java.util.Deque;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What has to be stopped, in reverse order of starting. One part that fails to stop does not keep
 * the others running. Thread-safe.
 */
final class Teardown implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(Teardown.class);

  private final Deque<Part> parts = new ArrayDeque<>();
  private boolean closed;

  /** How one part stops. */
  @FunctionalInterface
  interface Stop {
    void run() throws Exception;
  }

  private record Part(String name, Stop stop) {}

  /** Adds a part that has started, or is about to; stops it at once if all else was stopped. */
  synchronized void push(String name, Stop stop) {
    parts.push(new Part(name, stop));
    if (closed) {
      close();
    }
  }

  /** Stops everything also when the process is told to end, by a signal for example. */
  void closeAtExit() {
    Runtime.getRuntime().addShutdownHook(new Thread(this::close, "farm-exit"));
  }

  /** Stops everything. Idempotent. */
  @Override
  public synchronized void close() {
    closed = true;
    while (!parts.isEmpty()) {
      stop(parts.pop());
    }
  }

  // A part may throw anything; the next one has to be stopped all the same.
  @SuppressWarnings("CatchAndPrintStackTrace")
  private static void stop(Part part) {
    try {
      part.stop().run();
      log.debug("stopped {}", part.name());
    } catch (Exception e) {
      log.warn("{} did not stop: {}", part.name(), e.toString());
    }
  }
}
