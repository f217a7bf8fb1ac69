package dev.cascadefarm.standalone.progress;

import java.io.PrintStream;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;

/**
 * One line per stage when it starts, at most every few seconds while it runs, and when it is
 * complete. Guarded by itself.
 */
final class LineDisplay implements ProgressDisplay {
  private static final Duration INTERVAL = Duration.ofSeconds(5);

  private final PrintStream out;
  private final Clock clock;
  private final Map<String, Shown> stages = new HashMap<>();

  LineDisplay(PrintStream out, Clock clock) {
    this.out = out;
    this.clock = clock;
  }

  /**
   * What was last printed of a stage.
   *
   * @param base steps done when the stage was first seen
   */
  private record Shown(Instant started, long base, Instant printed, long done) {}

  @Override
  public synchronized void show(String stage, long done, long total, String remark) {
    Instant now = clock.instant();
    Shown before = stages.get(stage);
    if (before == null) {
      stages.put(stage, new Shown(now, done, now, done));
      out.printf(Locale.ROOT, "%s: %d/%d steps%n", stage, done, total);
      return;
    }
    boolean finished = done == total && before.done() != total;
    if (finished || (now.isAfter(before.printed().plus(INTERVAL)) && done != before.done())) {
      stages.put(stage, new Shown(before.started(), before.base(), now, done));
      out.println(line(stage, before, done, total) + (remark.isEmpty() ? "" : ", " + remark));
    }
  }

  @Override
  public synchronized void note(String line) {
    out.println(line);
  }

  @Override
  public void close() {}

  private String line(String stage, Shown since, long done, long total) {
    double seconds = Duration.between(since.started(), clock.instant()).toMillis() / 1000.0;
    double rate = (done - since.base()) / Math.max(seconds, 1e-3);
    String progress =
        String.format(Locale.ROOT, "%s: %d/%d steps, %.1f steps/s", stage, done, total, rate);
    return done == total || rate <= 0
        ? progress
        : progress + String.format(Locale.ROOT, ", %.0f s left", (total - done) / rate);
  }
}
