package dev.cascadefarm.worker.batch;

import dev.cascadefarm.diffusion.stage.Checkpoint;
import dev.cascadefarm.diffusion.stage.Sample;
import dev.cascadefarm.diffusion.stage.SampleRequest;
import org.jspecify.annotations.Nullable;

/**
 * One taken place in a {@link Batch}, from the moment its sample waits for the engine until it
 * leaves. Identity is the object's own. Only {@link #drop} may be called from any thread.
 */
public final class Slot {
  private final SampleRequest request;
  private final @Nullable Checkpoint from;
  private final long joinedNanos;
  private volatile boolean dropped;
  private @Nullable Sample sample;
  private long firstRowNanos;
  private long previewNanos;
  private long deviceNanos;

  /**
   * A place for a sample that has not begun.
   *
   * @param joinedNanos when it began to wait, by {@link System#nanoTime}
   */
  public Slot(SampleRequest request, long joinedNanos) {
    this(request, null, joinedNanos);
  }

  /**
   * A place for a sample that may go on where another left off.
   *
   * @param from where that was; absent to begin at the beginning
   * @param joinedNanos when it began to wait, by {@link System#nanoTime}
   */
  public Slot(SampleRequest request, @Nullable Checkpoint from, long joinedNanos) {
    this.request = request;
    this.from = from;
    this.joinedNanos = joinedNanos;
  }

  /** Takes the sample out at the next tick boundary; nothing more is heard of it. Idempotent. */
  public void drop() {
    dropped = true;
  }

  boolean dropped() {
    return dropped;
  }

  SampleRequest request() {
    return request;
  }

  @Nullable Checkpoint from() {
    return from;
  }

  long joinedNanos() {
    return joinedNanos;
  }

  long firstRowNanos() {
    return firstRowNanos;
  }

  Sample sample() {
    if (sample == null) {
      throw new IllegalStateException("sample: not begun (expected: begin first)");
    }
    return sample;
  }

  void begin(Sample begun, long nanos) {
    sample = begun;
    firstRowNanos = nanos;
    previewNanos = nanos;
  }

  /** The device has worked that long for this sample. */
  void spend(long nanos) {
    deviceNanos += nanos;
  }

  long deviceNanos() {
    return deviceNanos;
  }

  /** Whether a preview is due; if so, the next one is due an interval from {@code nanos}. */
  boolean previewDue(long nanos, long intervalNanos) {
    if (intervalNanos == 0 || nanos - previewNanos < intervalNanos) {
      return false;
    }
    previewNanos = nanos;
    return true;
  }
}
