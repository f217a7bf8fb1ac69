package dev.cascadefarm.common.queue.model;

import dev.cascadefarm.common.job.JobState;
import dev.cascadefarm.common.queue.JobRetention.EndedJob;
import dev.cascadefarm.common.queue.JobRetention.Keep;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/** Jobs that may be forgotten, and those with garbage; one of these is collected. */
record ReadEnded(int tenant, int keep, int limit) implements Command {
  private static final Duration AGE = Duration.ofSeconds(30);
  private static final Comparator<ModelJob> BY_END =
      Comparator.<ModelJob>comparingLong(job -> job.finished).thenComparing(ModelJob::id);

  @Override
  public void run(Trial trial) {
    Model model = trial.model;
    String name = Names.TENANTS.get(tenant);
    Keep.Bound failed = new Keep.Bound(AGE, keep);
    Keep.Bound others = new Keep.Bound(AGE.multipliedBy(2), keep + 1);
    List<String> expired = expired(model, name, true, failed, limit);
    expired.addAll(expired(model, name, false, others, limit - expired.size()));
    trial.expectRead(
        "list %d expired of %s, %d are kept".formatted(limit, name, keep),
        expired,
        () -> trial.queue.retention().expired(name, new Keep(failed, others), limit));
    List<EndedJob> garbage =
        model.jobs.values().stream()
            .filter(job -> job.state.terminal() && !job.collected)
            .filter(job -> job.finished <= model.now - AGE.toMillis())
            .sorted(BY_END)
            .limit(limit)
            .map(job -> new EndedJob(job.tenant(), job.id()))
            .toList();
    trial.expectRead(
        "list %d with garbage".formatted(limit),
        garbage,
        () -> trial.queue.retention().uncollected(AGE, limit));
    garbage.stream().findFirst().ifPresent(job -> collect(trial, job.job()));
  }

  private static void collect(Trial trial, String job) {
    trial.model.jobs.values().stream()
        .filter(other -> other.id().equals(job))
        .forEach(other -> other.collected = true);
    trial.expect(
        "garbage of %s is gone".formatted(job),
        "nothing",
        () -> trial.queue.retention().collected(job));
  }

  private static List<String> expired(
      Model model, String tenant, boolean failed, Keep.Bound keep, int limit) {
    List<ModelJob> ended =
        model.jobs.values().stream()
            .filter(job -> job.tenant().equals(tenant) && job.state.terminal())
            .filter(job -> (job.state == JobState.FAILED) == failed)
            .sorted(BY_END)
            .toList();
    long old =
        ended.stream().filter(job -> job.finished <= model.now - keep.age().toMillis()).count();
    long take = Math.max(0, Math.min(Math.max(ended.size() - keep.jobs(), old), limit));
    return new ArrayList<>(ended.stream().limit(take).map(ModelJob::id).toList());
  }
}
