package dev.cascadefarm.worker.engine;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Ends the process, with a reason for people. */
@FunctionalInterface
public interface ExitHook {
  /** The exit status of a process that its watchdog ended. */
  int STATUS = 70;

  /** Ends the process; does not wait for anything that hangs. */
  void exit(String reason);

  /** Halts the JVM at once: shutdown hooks could wait for the very call that hangs. */
  static ExitHook halt() {
    Logger log = LoggerFactory.getLogger(ExitHook.class);
    return reason -> {
      log.error("the process ends: {}", reason);
      Runtime.getRuntime().halt(STATUS);
    };
  }
}
