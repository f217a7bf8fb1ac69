package dev.cascadefarm.common.queue.model;

import dev.cascadefarm.common.queue.JobEvent;
import dev.cascadefarm.common.queue.JobQueue.EventPage;
import java.util.List;
import java.util.Optional;

/** A page of a job's log, asked for by its tenant or ({@code foreign} is 1) another. */
record ReadEvents(int index, int after, int limit, int foreign) implements Command {
  @Override
  public void run(Trial trial) {
    trial.model.jobs.values().stream()
        .skip(trial.model.jobs.isEmpty() ? 0 : index % trial.model.jobs.size())
        .findFirst()
        .ifPresent(job -> read(trial, job, after, limit, foreign == 1 ? "z" : job.tenant()));
  }

  static void read(Trial trial, ModelJob job, int after, int limit, String tenant) {
    List<JobEvent> page =
        job.events.stream().skip(Math.max(after, job.firstKept() - 1)).limit(limit).toList();
    Optional<EventPage> expected =
        tenant.equals(job.tenant())
            ? Optional.of(new EventPage(page, job.firstKept(), job.events.size(), job.state))
            : Optional.empty();
    trial.expectRead(
        "read %d events of %s of %s after %d".formatted(limit, job.id(), tenant, after),
        expected,
        () -> trial.queue.jobs().events(tenant, job.id(), after, limit));
  }
}
