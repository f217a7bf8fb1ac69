package dev.cascadefarm.diffusion.scheduler;

/** A scheduler's configuration that cannot be used; the message names the key and what is wrong. */
public final class SchedulerConfigException extends RuntimeException {
  SchedulerConfigException(String message) {
    super(message);
  }

  SchedulerConfigException(String message, Throwable cause) {
    super(message, cause);
  }
}
