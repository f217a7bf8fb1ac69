package dev.cascadefarm.common.queue.model;

import dev.cascadefarm.common.queue.QueueConfig.Breaker;
import dev.cascadefarm.common.queue.QueueConfig.Delays;
import dev.cascadefarm.common.queue.TaskQueue.Failure;
import dev.cascadefarm.common.queue.TaskQueue.ReportResult;

/**
 * The picked lease given back.
 *
 * @param jitter tenths of 1 that chance adds to a delay
 */
record Fail(Pick pick, Failure.Kind kind, int jitter) implements Command {
  private static final String REASON = "a reason";

  @Override
  public void run(Trial trial) {
    Lease lease = pick.of(trial.model);
    Failure failure = new Failure(lease.task(), lease.worker(), lease.nonce(), kind, REASON);
    trial.queue.jitter(jitter / 10.0);
    trial.expect(
        "fail %s under %s as %s, jitter %d".formatted(lease.task(), lease.nonce(), kind, jitter),
        answer(trial.model, failure),
        () -> trial.queue.tasks().fail(failure));
  }

  private ReportResult answer(Model model, Failure failure) {
    ModelTask task = model.task(failure.id());
    if (task == null) {
      return ReportResult.STALE;
    } else if (task.endedNonce.equals(failure.nonce()) && task.ending != ModelTask.Ending.DONE) {
      return ReportResult.ALREADY;
    } else if (!task.leasedUnder(failure.nonce())) {
      return ReportResult.STALE;
    } else if (!task.job.live()) {
      model.drop(task);
    } else {
      decide(model, task);
    }
    return ReportResult.OK;
  }

  private void decide(Model model, ModelTask task) {
    switch (kind) {
      case RELEASED, CANCELLED -> model.retryNow(task, "released", REASON);
      case PERMANENT -> model.die(task, "permanent", REASON);
      case INFRASTRUCTURE -> {
        double full = delay(model.config.retries().infrastructure(), task.infrastructure++);
        long delay = (long) (full * (1 + jitter / 10.0) / 2);
        model.retryLater(task, "infrastructure", REASON, delay);
        trip(model, task);
      }
      case TASK -> {
        task.failures++;
        task.avoidWorker();
        if (task.failures >= model.config.retries().maxFailures()) {
          model.die(task, "task", REASON);
        } else {
          double full = delay(model.config.retries().task(), task.failures);
          model.retryLater(task, "task", REASON, (long) (full * (jitter / 10.0)));
        }
      }
    }
  }

  /** Many tasks that fail around themselves open the breaker of their bundle. */
  private static void trip(Model model, ModelTask task) {
    Breaker breaker = model.config.breaker();
    ModelBundle queue = model.queue(task.stage.bundle());
    queue.broken.values().removeIf(at -> at < model.now - breaker.within().toMillis());
    queue.broken.put(task.id, model.now);
    if (queue.broken.size() >= breaker.tasks() && queue.brokenSince == null) {
      queue.brokenSince = model.now;
      queue.nextProbe = model.now + breaker.probe().toMillis();
    }
  }

  private static double delay(Delays delays, int times) {
    double longest = delays.longest().toMillis();
    return Math.min(longest, delays.first().toMillis() * Math.pow(2, times));
  }
}
