package dev.cascadefarm.common.queue.model;

import java.util.List;

/**
 * A job removed for good, if it has ended; asked for by its tenant or ({@code foreign} is 1)
 * another.
 */
record Forget(int index, int foreign) implements Command {
  @Override
  public void run(Trial trial) {
    Model model = trial.model;
    List<ModelJob> jobs = List.copyOf(model.jobs.values());
    if (jobs.isEmpty()) {
      return;
    }
    ModelJob job = jobs.get(index % jobs.size());
    boolean ended = foreign == 0 && job.state.terminal() && job.open() == 0 && job.sweepFrom < 0;
    if (ended) {
      model.jobs.remove(job.id());
    }
    String tenant = foreign == 1 ? "z" : job.tenant();
    trial.expect(
        "forget %s of %s".formatted(job.id(), tenant),
        ended,
        () -> trial.queue.retention().forget(tenant, job.id()));
  }
}
