package dev.cascadefarm.coordinator.chores;

import dev.cascadefarm.common.bus.LostProcesses;
import dev.cascadefarm.common.queue.JobQueue;
import dev.cascadefarm.common.queue.ProcessName;
import dev.cascadefarm.common.queue.WorkerSnapshot;
import io.vertx.core.Context;
import io.vertx.core.Vertx;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Looks after the workers of a process that the cluster has lost. What they lease is handed on as
 * soon as their own heartbeats are silent as well; a worker that is only out of the cluster's sight
 * keeps its work. Used on one event loop only.
 */
final class LostWorkers {
  private static final Logger log = LoggerFactory.getLogger(LostWorkers.class);
  private static final long LOOK_MILLIS = 100;
  private static final int LOOKS = 100;

  private final Vertx vertx;
  private final JobQueue queue;

  LostWorkers(Vertx vertx, JobQueue queue) {
    this.vertx = vertx;
    this.queue = queue;
  }

  /** Listens from now on. */
  void start(LostProcesses losses) {
    Context context = vertx.getOrCreateContext();
    losses.onLost(process -> context.runOnContext(v -> lost(process)));
  }

  private void lost(ProcessName process) {
    queue
        .workers()
        .onSuccess(workers -> lookAfter(process, workers))
        .onFailure(cause -> log.warn("lost process {}: workers not read", process, cause));
  }

  private void lookAfter(ProcessName process, List<WorkerSnapshot> workers) {
    workers.stream()
        .filter(worker -> worker.process().equals(process))
        .forEach(worker -> look(worker, LOOKS));
  }

  private void look(WorkerSnapshot worker, int looks) {
    queue
        .releaseIfSilent(worker.id())
        .otherwise(false)
        .onSuccess(
            released -> {
              if (released) {
                log.warn("lost: worker={} stage={}", worker.id(), worker.bundle());
              } else if (looks > 1) {
                vertx.setTimer(LOOK_MILLIS, timer -> look(worker, looks - 1));
              }
            });
  }
}
