package dev.cascadefarm.common.queue.model;

import dev.cascadefarm.common.job.JobState;
import dev.cascadefarm.common.job.TaskState;
import dev.cascadefarm.common.queue.JobSnapshot;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** A job read with its tasks, by its tenant or ({@code foreign} is 1) another. */
record ReadJob(int index, int foreign) implements Command {
  @Override
  public void run(Trial trial) {
    trial.model.jobs.values().stream()
        .skip(trial.model.jobs.isEmpty() ? 0 : index % trial.model.jobs.size())
        .findFirst()
        .ifPresent(job -> read(trial, job, foreign == 1 ? "z" : job.tenant()));
  }

  static void read(Trial trial, ModelJob job, String tenant) {
    Optional<JobSnapshot> expected =
        tenant.equals(job.tenant())
            ? Optional.of(job.snapshot(position(trial.model, job), true))
            : Optional.empty();
    trial.expectRead(
        "read %s of %s".formatted(job.id(), tenant),
        expected,
        () -> trial.queue.jobs().job(tenant, job.id()));
  }

  /** Tasks ahead of the first one of a job that nobody has begun. */
  static @Nullable Long position(Model model, ModelJob job) {
    if (job.state != JobState.QUEUED) {
      return null;
    }
    ModelTask first =
        job.tasks.values().stream()
            .filter(task -> task.state == TaskState.READY)
            .findFirst()
            .orElseThrow();
    return (long) model.ready(first.stage.bundle(), job.tenant()).indexOf(first);
  }
}
