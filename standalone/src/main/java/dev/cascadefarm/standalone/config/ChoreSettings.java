package dev.cascadefarm.standalone.config;

import java.time.Duration;
import java.util.List;

/** What coordinators do beside answering, and how much they keep. */
public final class ChoreSettings {
  public static final Setting<Duration> REAPING =
      Setting.of(
          "chores.reaping", Kinds.SHORT, "1s", "mean time between two looks for lost leases");

  public static final Setting<Duration> FORGETTING =
      Setting.of(
          "chores.forgetting",
          Kinds.LONG,
          "1m",
          "mean time between two rounds of removing old jobs and garbage");

  public static final Setting<Duration> AUDITING =
      Setting.of("chores.auditing", Kinds.LONG, "10m", "mean time between two audits of the queue");

  public static final Setting<Duration> AGE =
      Setting.of("keep.age", Kinds.LONG0, "7d", "how long ended jobs and their pictures are kept");

  public static final Setting<Integer> JOBS =
      Setting.of("keep.jobs", Kinds.COUNT, "10000", "ended jobs kept of one tenant");

  public static final Setting<Duration> FAILED_AGE =
      Setting.of("keep.failed-age", Kinds.LONG0, "30d", "how long failed jobs are kept");

  public static final Setting<Integer> FAILED_JOBS =
      Setting.of("keep.failed-jobs", Kinds.COUNT, "10000", "failed jobs kept of one tenant");

  public static final Setting<Duration> GARBAGE_AGE =
      Setting.of(
          "keep.garbage-age",
          Kinds.LONG0,
          "1d",
          "time after the end of a job when what it did not commit is removed");

  static final List<Setting<?>> ALL =
      List.of(REAPING, FORGETTING, AUDITING, AGE, JOBS, FAILED_AGE, FAILED_JOBS, GARBAGE_AGE);

  private ChoreSettings() {}
}
