package dev.cascadefarm.common.job;

import com.fasterxml.jackson.annotation.JsonValue;
import java.util.Locale;

/** The states of a job. */
public enum JobState {
  QUEUED,
  RUNNING,
  SUCCEEDED,
  FAILED,
  CANCELLING,
  CANCELLED;

  /** Whether nothing will change any more. */
  public boolean terminal() {
    return this == SUCCEEDED || this == FAILED || this == CANCELLED;
  }

  /** The word used in the API, in events and in Redis. */
  @JsonValue
  public String word() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** Reads {@link #word()}. */
  public static JobState of(String word) {
    return valueOf(word.toUpperCase(Locale.ROOT));
  }
}
