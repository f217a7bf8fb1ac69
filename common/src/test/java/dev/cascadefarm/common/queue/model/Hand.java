package dev.cascadefarm.common.queue.model;

import dev.cascadefarm.common.job.TaskState;
import dev.cascadefarm.common.queue.TaskQueue;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** One claim under way in the model: how much its worker may get, and what. */
final class Hand {
  private static final int LOOK_AHEAD = 8;
  private static final long RESERVED_MS = 60_000;
  private static final long ALIVE_MS = 5_000;

  private final Model model;
  private final String worker;
  private final String bundle;
  private final ModelBundle queue;
  private final ModelWorker self;
  private final long held;
  private long most;

  /** Whether it got a task that has to run alone. */
  private boolean alone;

  Hand(Model model, TaskQueue.Claim claim) {
    this.model = model;
    this.worker = claim.worker();
    this.bundle = claim.bundle().toString();
    this.queue = model.queue(bundle);
    this.self = model.workers.computeIfAbsent(worker, ModelWorker::new);
    this.held = model.tasks(TaskState.LEASED).filter(task -> worker.equals(task.worker)).count();
    this.most = room(claim.count());
  }

  private long room(int count) {
    ModelTask suspect = self.alone == null ? null : model.task(self.alone);
    boolean busy =
        suspect != null && suspect.state == TaskState.LEASED && worker.equals(suspect.worker);
    boolean making = worker.equals(queue.reserved) && model.now < queue.reservedUntil;
    if (queue.paused != null || busy || (making && held > 0)) {
      return 0;
    }
    long running =
        model.tasks(TaskState.LEASED).filter(task -> task.stage.bundle().equals(bundle)).count();
    long room = queue.most == null ? count : Math.min(count, queue.most - running);
    return queue.brokenSince == null ? room : Math.min(room, model.now >= queue.nextProbe ? 1 : 0);
  }

  /** Whether it may get another task. */
  boolean open(int taken) {
    return taken < most && !alone;
  }

  /** The first of a tenant's tasks that this worker may have. */
  @Nullable ModelTask choose(String tenant, int taken) {
    List<ModelTask> first = model.ready(bundle, tenant).stream().limit(LOOK_AHEAD).toList();
    for (ModelTask task : first) {
      if (!task.job.live()) {
        task.state = TaskState.CANCELLED;
        model.close(task.job);
      } else if (mayTake(task, taken)) {
        return task;
      } else if (taken >= most) {
        return null;
      }
    }
    return null;
  }

  private boolean mayTake(ModelTask task, int taken) {
    if (task.avoided.contains(worker) && hasOthers(task)) {
      return false;
    } else if (task.stalls == 0) {
      return true;
    } else if (held == 0 && taken == 0) {
      alone = true;
      return true;
    }
    if (queue.reserved == null
        || model.now >= queue.reservedUntil
        || queue.reserved.equals(worker)) {
      queue.reserved = worker;
      queue.reservedUntil = model.now + RESERVED_MS;
      most = taken;
    }
    return false;
  }

  private boolean hasOthers(ModelTask task) {
    return queue.serving.entrySet().stream()
        .filter(other -> other.getValue() >= model.now - ALIVE_MS)
        .anyMatch(
            other -> !other.getKey().equals(worker) && !task.avoided.contains(other.getKey()));
  }

  void close(List<Lease> got) {
    if (queue.brokenSince != null && !got.isEmpty()) {
      queue.nextProbe = model.now + model.config.breaker().probe().toMillis();
    }
    if (alone) {
      self.alone = got.get(0).task();
      queue.reserved = null;
    }
  }
}
