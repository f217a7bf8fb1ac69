package dev.cascadefarm.worker.task;

import dev.cascadefarm.common.queue.TaskQueue.ClaimResult;
import dev.cascadefarm.common.queue.TaskQueue.LeasedTask;
import dev.cascadefarm.diffusion.stage.StageRunner;
import dev.cascadefarm.worker.batch.Batch;
import dev.cascadefarm.worker.lease.Lease;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.VerticleBase;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The heart of a worker: holds one loaded stage and its slots, claims what fits, and sees every
 * task through. A slot is free again as soon as its sample has run its last row; the outputs are
 * stored and reported beside the batch, for at most as many tasks as there are slots.
 *
 * <p>{@link #busy} and {@link #drain} are thread-safe; all else is confined to its context.
 */
public final class StageHost extends VerticleBase {
  private static final Duration NOTHING_TO_WRITE = Duration.ofMillis(1);

  private final WorkerIdentity self;
  private final HostServices services;
  private final StageRunner runner;
  private final Batch.Limits limits;
  private final Map<String, TaskRun> held = new LinkedHashMap<>();
  private final Promise<Void> drained = Promise.promise();
  private @Nullable Parts parts;
  private volatile int slotsTaken;
  private boolean draining;

  /**
   * A host that is not at work yet; deploy it.
   *
   * @param runner loaded; belongs to the engine thread
   */
  public StageHost(
      WorkerIdentity self, HostServices services, StageRunner runner, Batch.Limits limits) {
    this.self = self;
    this.services = services;
    this.runner = runner;
    this.limits = limits;
  }

  /** Slots taken now. */
  public int busy() {
    return slotsTaken;
  }

  @Override
  public Future<?> start() {
    parts = Parts.of(this);
    services.engine().add(parts.batch);
    services.bus().onReady(bundle -> hinted(bundle.equals(self.bundle())));
    services.bus().onJob(services.keeper()::renewSoon);
    parts.claimer.wake();
    return Future.succeededFuture();
  }

  @Override
  public Future<?> stop() {
    parts().claimer.close();
    services.engine().remove(parts().batch);
    return Future.succeededFuture();
  }

  /**
   * Stops claiming, writes down and gives back what has not run its last row, and lets what is
   * being stored or reported finish.
   *
   * @return done when nothing is held any more or time is up; never fails
   */
  public Future<Void> drain(Duration limit) {
    context.runOnContext(v -> beginDraining(limit));
    return drained
        .future()
        .timeout(limit.toMillis(), TimeUnit.MILLISECONDS)
        .recover(late -> Future.succeededFuture());
  }

  // What is left of the time is for the reports.
  private void beginDraining(Duration limit) {
    draining = true;
    parts().claimer.close();
    Duration writing = limit.multipliedBy(3).dividedBy(4);
    List.copyOf(held.values()).forEach(run -> run.release(writing));
    completeDrainIfEmpty();
  }

  private void hinted(boolean mine) {
    if (mine) {
      parts().claimer.wake();
    }
  }

  private int free() {
    return Math.min(self.slots() - slotsTaken, 2 * self.slots() - held.size());
  }

  private void accept(ClaimResult result, long sentNanos) {
    long answered = System.nanoTime();
    for (LeasedTask task : result.tasks()) {
      Lease lease = new Lease(task, result.lease(), sentNanos);
      services.keeper().hold(lease);
      Attempt attempt = new Attempt(context, self.id(), lease, sentNanos, answered);
      begin(new TaskRun(services, parts().renders, parts().reporter, attempt), task);
    }
  }

  private void begin(TaskRun run, LeasedTask task) {
    held.put(task.nonce(), run);
    take(1);
    run.run(() -> take(-1)).onComplete(done -> ended(task));
    if (draining) {
      run.release(NOTHING_TO_WRITE);
    }
  }

  @SuppressWarnings("NonAtomicVolatileUpdate") // written on the context only
  private void take(int change) {
    slotsTaken += change;
    if (change < 0) {
      parts().claimer.wake();
    }
  }

  private void ended(LeasedTask task) {
    boolean wasFull = held.size() == 2 * self.slots();
    held.remove(task.nonce());
    if (wasFull) {
      parts().claimer.wake();
    }
    completeDrainIfEmpty();
  }

  private void completeDrainIfEmpty() {
    if (draining && held.isEmpty()) {
      drained.tryComplete();
    }
  }

  private Parts parts() {
    if (parts == null) {
      throw new IllegalStateException("host: not deployed (expected: deployed)");
    }
    return parts;
  }

  /** What exists only once the host has its context. */
  private record Parts(Batch batch, Renders renders, Reporter reporter, Claimer claimer) {
    static Parts of(StageHost host) {
      HostServices services = host.services;
      Batch batch =
          new Batch(
              host.self.bundle().toString(),
              host.runner,
              host.limits,
              report -> host.context.runOnContext(v -> host.parts().renders.ticked(report)),
              services.metrics());
      Claimer claimer =
          new Claimer(
              new Claimer.Desk() {
                @Override
                public int free() {
                  return host.free();
                }

                @Override
                public void accept(ClaimResult result, long sentNanos) {
                  host.accept(result, sentNanos);
                }
              },
              host.self,
              services,
              host.context);
      return new Parts(
          batch,
          new Renders(batch, services.engine()),
          new Reporter(host.context, services),
          claimer);
    }
  }
}
