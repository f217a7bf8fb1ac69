package dev.cascadefarm.common.job;

import com.fasterxml.jackson.annotation.JsonValue;
import java.util.Locale;

/** The states of a task. Every task that is not terminal is in exactly one index of the queue. */
public enum TaskState {
  /** Waits for stages before it. */
  BLOCKED,
  READY,
  /** Ready, but not before a time. */
  DELAYED,
  LEASED,
  DONE,
  /** Gave up; the reason is kept. */
  DEAD,
  CANCELLED;

  /** The word used in the API, in events and in Redis. */
  @JsonValue
  public String word() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** Reads {@link #word()}. */
  public static TaskState of(String word) {
    return valueOf(word.toUpperCase(Locale.ROOT));
  }
}
