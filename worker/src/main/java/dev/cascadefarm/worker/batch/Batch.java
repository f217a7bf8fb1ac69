package dev.cascadefarm.worker.batch;

import dev.cascadefarm.common.job.Progress;
import dev.cascadefarm.common.queue.TaskQueue.Failure;
import dev.cascadefarm.diffusion.stage.Checkpoint;
import dev.cascadefarm.diffusion.stage.CheckpointRefusedException;
import dev.cascadefarm.diffusion.stage.HostTensor;
import dev.cascadefarm.diffusion.stage.InvalidSampleException;
import dev.cascadefarm.diffusion.stage.Sample;
import dev.cascadefarm.diffusion.stage.StageRunner;
import dev.cascadefarm.worker.engine.TickSource;
import dev.cascadefarm.worker.metrics.WorkerMetrics;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The samples of one stage that run together. A tick takes dropped samples out, lets new ones in,
 * advances all by one row and reports. When a call with several samples fails, each is run on its
 * own, so that only the one at fault pays.
 *
 * <p>{@link #join} and {@link #busy} are thread-safe; {@link #tick} belongs to the engine thread.
 * Holds no more samples than its owner joins.
 */
public final class Batch implements TickSource {
  private static final Logger log = LoggerFactory.getLogger(Batch.class);

  private final String name;
  private final StageRunner runner;
  private final Limits limits;
  private final Consumer<TickReport> listener;
  private final WorkerMetrics metrics;
  private final Queue<Slot> joining = new ConcurrentLinkedQueue<>();
  private final List<Slot> running = new ArrayList<>();
  private volatile boolean occupied;

  /**
   * An empty batch.
   *
   * @param listener hears of every tick on the engine thread and must only hand over
   */
  public Batch(
      String name,
      StageRunner runner,
      Limits limits,
      Consumer<TickReport> listener,
      WorkerMetrics metrics) {
    this.name = name;
    this.runner = runner;
    this.limits = limits;
    this.listener = listener;
    this.metrics = metrics;
  }

  /**
   * What a batch keeps to.
   *
   * @param tick how long one tick may take before the process counts as hung
   * @param previewInterval least time between two previews of a sample; zero for none
   */
  public record Limits(Duration tick, Duration previewInterval) {}

  /** Lets a sample in at the next tick; wake the engine thread afterwards. */
  public void join(Slot slot) {
    joining.add(slot);
  }

  @Override
  public String name() {
    return name;
  }

  @Override
  public boolean busy() {
    return occupied || !joining.isEmpty();
  }

  @Override
  public Duration limit() {
    return limits.tick();
  }

  @Override
  public void tick() {
    long start = System.nanoTime();
    TickOutcome outcome = new TickOutcome();
    running.removeIf(Slot::dropped);
    beginJoining(outcome);
    if (!running.isEmpty()) {
      int rows = running.size();
      advance(outcome);
      long end = System.nanoTime();
      metrics.tick(rows, end - start);
      running.forEach(slot -> slot.spend((end - start) / rows));
      sortOut(outcome, end);
    }
    occupied = !running.isEmpty();
    listener.accept(outcome.report());
  }

  /** Reads the clock anew for each slot: one may join after the tick has started. */
  private void beginJoining(TickOutcome outcome) {
    for (Slot slot = joining.poll(); slot != null; slot = joining.poll()) {
      long now = System.nanoTime();
      if (!slot.dropped() && begin(slot, outcome, now)) {
        running.add(slot);
        metrics.engineWait(now - slot.joinedNanos());
      }
    }
  }

  private boolean begin(Slot slot, TickOutcome outcome, long now) {
    try {
      slot.begin(sample(slot, outcome), now);
      return true;
    } catch (InvalidSampleException e) {
      outcome.fail(slot, Failure.Kind.PERMANENT, e);
    } catch (RuntimeException e) {
      outcome.fail(slot, Failure.Kind.TASK, e);
    }
    return false;
  }

  private Sample sample(Slot slot, TickOutcome outcome) {
    Checkpoint from = slot.from();
    if (from == null) {
      return runner.begin(slot.request());
    }
    try {
      Sample resumed = runner.resume(slot.request(), from);
      outcome.resume(slot, resumed.rowsDone(), null);
      return resumed;
    } catch (CheckpointRefusedException e) {
      Sample anew = runner.begin(slot.request());
      outcome.resume(slot, 0, e.getMessage());
      return anew;
    }
  }

  private void advance(TickOutcome outcome) {
    try {
      runner.advance(samples(running));
    } catch (RuntimeException e) {
      if (running.size() == 1) {
        evict(running.get(0), outcome, e);
      } else {
        List.copyOf(running).forEach(slot -> advanceAlone(slot, outcome));
      }
    }
  }

  private void advanceAlone(Slot slot, TickOutcome outcome) {
    try {
      runner.advance(samples(List.of(slot)));
    } catch (RuntimeException e) {
      evict(slot, outcome, e);
    }
  }

  private void evict(Slot slot, TickOutcome outcome, RuntimeException cause) {
    running.remove(slot);
    boolean hopeless = cause instanceof InvalidSampleException;
    outcome.fail(slot, hopeless ? Failure.Kind.PERMANENT : Failure.Kind.TASK, cause);
  }

  private void sortOut(TickOutcome outcome, long now) {
    for (Slot slot : List.copyOf(running)) {
      try {
        if (slot.sample().done()) {
          outcome.finish(slot, now);
          running.remove(slot);
          metrics.deviceTime(slot.deviceNanos());
        } else {
          outcome.advance(slot, preview(slot, now), checkpoint(slot));
        }
      } catch (RuntimeException e) {
        evict(slot, outcome, e);
      }
    }
  }

  private @Nullable HostTensor preview(Slot slot, long now) {
    return slot.previewDue(now, limits.previewInterval().toNanos())
        ? slot.sample().preview().orElse(null)
        : null;
  }

  /** What goes wrong here costs a checkpoint, not the sample. */
  private @Nullable Checkpoint checkpoint(Slot slot) {
    try {
      return slot.sample().checkpoint().orElse(null);
    } catch (RuntimeException e) {
      metrics.count("checkpoint.failed");
      log.warn("no checkpoint: {}", name, e);
      return null;
    }
  }

  private static List<Sample> samples(List<Slot> slots) {
    return slots.stream().map(Slot::sample).toList();
  }

  /** Collects what a tick has to report. */
  private static final class TickOutcome {
    private final List<TickReport.Resumed> resumed = new ArrayList<>();
    private final List<TickReport.Advanced> advanced = new ArrayList<>();
    private final List<TickReport.Finished> finished = new ArrayList<>();
    private final List<TickReport.Failed> failed = new ArrayList<>();

    void resume(Slot slot, int rows, @Nullable String refusal) {
      resumed.add(new TickReport.Resumed(slot, rows, refusal));
    }

    void advance(Slot slot, @Nullable HostTensor preview, @Nullable Checkpoint checkpoint) {
      Sample sample = slot.sample();
      Progress progress = new Progress(sample.rowsDone(), sample.rowsTotal());
      advanced.add(new TickReport.Advanced(slot, progress, preview, checkpoint));
    }

    void finish(Slot slot, long now) {
      Sample sample = slot.sample();
      var rows =
          new TickReport.Rows(sample.rowsTotal(), slot.joinedNanos(), slot.firstRowNanos(), now);
      finished.add(
          new TickReport.Finished(slot, sample.outputs(), List.copyOf(sample.warnings()), rows));
    }

    void fail(Slot slot, Failure.Kind kind, RuntimeException cause) {
      String message = cause.getMessage() == null ? cause.toString() : cause.getMessage();
      failed.add(new TickReport.Failed(slot, kind, message));
    }

    TickReport report() {
      return new TickReport(resumed, advanced, finished, failed);
    }
  }
}
