package dev.cascadefarm.worker.metrics;

import dev.cascadefarm.common.cascade.BundleId;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.Timer;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A worker's counters and timers, tagged with its bundle. The timers of a task's parts (claim,
 * fetch, engine wait, rows, encode, upload, commit) follow each other without a gap, so their sums
 * say where the time goes. Thread-safe.
 */
public final class WorkerMetrics {
  private static final String PREFIX = "farm.worker.";

  /** Weight of the latest task in the mean of them all. */
  private static final double LATEST = 0.1;

  private final MeterRegistry registry;
  private final Tags tags;
  private final Consumer<TaskTrace> traces;
  private final Counter rows;
  private final Timer tick;
  private final Timer engineWait;
  private final Timer device;
  private volatile @Nullable Double secondsPerTask;

  /**
   * Meters in {@code registry}.
   *
   * @param traces hears of every completed task; must return at once
   */
  public WorkerMetrics(MeterRegistry registry, BundleId bundle, Consumer<TaskTrace> traces) {
    this.registry = registry;
    this.tags = Tags.of("bundle", bundle.toString());
    this.traces = traces;
    this.rows = registry.counter(PREFIX + "rows", tags);
    this.tick = registry.timer(PREFIX + "tick", tags);
    this.engineWait = registry.timer(PREFIX + "engine.wait", tags);
    this.device = registry.timer(PREFIX + "device", tags);
  }

  /** A tick advanced {@code samples} samples by one row each. */
  public void tick(int samples, long nanos) {
    rows.increment(samples);
    tick.record(nanos, TimeUnit.NANOSECONDS);
  }

  /** A sample waited that long for its first tick. */
  public void engineWait(long nanos) {
    engineWait.record(nanos, TimeUnit.NANOSECONDS);
  }

  /** A task has had its last row; that long the device worked for it. One thread at a time. */
  public void deviceTime(long nanos) {
    device.record(nanos, TimeUnit.NANOSECONDS);
    double seconds = nanos / 1e9;
    Double before = secondsPerTask;
    secondsPerTask = before == null ? seconds : before + LATEST * (seconds - before);
  }

  /** Seconds of the device that a task has lately taken; absent before the first. */
  public @Nullable Double secondsPerTask() {
    return secondsPerTask;
  }

  /** A claim was answered with that many tasks. */
  public void claim(int tasks, long nanos) {
    registry
        .timer(PREFIX + "claim", tags.and("empty", Boolean.toString(tasks == 0)))
        .record(nanos, TimeUnit.NANOSECONDS);
  }

  /** Something happened once more, for example {@code claim.repeated} or {@code renew.failed}. */
  public void count(String event) {
    registry.counter(PREFIX + event, tags).increment();
  }

  /** A checkpoint was encoded, stored and committed. */
  public void checkpoint(int size, long nanos) {
    count("checkpoint.written");
    registry.counter(PREFIX + "checkpoint.bytes", tags).increment(size);
    part("checkpoint.time", nanos);
  }

  /** A task ended, for example as {@code completed}, {@code stale} or {@code infrastructure}. */
  public void taskEnded(String outcome) {
    registry.counter(PREFIX + "tasks", tags.and("outcome", outcome)).increment();
  }

  /** A task was completed: its parts are recorded. */
  public void completed(TaskTrace trace) {
    part("fetch", trace.inputsReady() - trace.claimed());
    part("rows.time", trace.lastRow() - trace.firstRow());
    part("encode", trace.encoded() - trace.lastRow());
    part("upload", trace.uploaded() - trace.encoded());
    part("commit", trace.committed() - trace.uploaded());
    part("task", trace.committed() - trace.claimSent());
    traces.accept(trace);
  }

  private void part(String part, long nanos) {
    registry.timer(PREFIX + part, tags).record(nanos, TimeUnit.NANOSECONDS);
  }
}
