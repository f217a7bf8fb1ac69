package dev.cascadefarm.common.queue.model;

import dev.cascadefarm.common.job.JobState;
import dev.cascadefarm.common.queue.JobEvent;
import java.util.List;
import java.util.Optional;

/** A job's end asked for, by its tenant or ({@code foreign} is 1) another. */
record Cancel(int index, int foreign) implements Command {
  @Override
  public void run(Trial trial) {
    Model model = trial.model;
    List<String> known = List.copyOf(model.jobs.keySet());
    String id = known.isEmpty() ? "j0" : known.get(index % known.size());
    ModelJob job = model.jobs.get(id);
    String tenant = job == null || foreign == 1 ? "z" : job.tenant();
    trial.expect(
        "cancel %s of %s".formatted(id, tenant),
        job == null || foreign == 1 ? Optional.empty() : Optional.of(answer(model, job)),
        () -> trial.queue.jobs().cancel(tenant, id));
  }

  private static JobState answer(Model model, ModelJob job) {
    if (job.live()) {
      job.state = JobState.CANCELLING;
      model.emit(job, JobEvent.JOB_CANCELLING, null);
      model.sweep(job);
    }
    return job.state;
  }
}
