package dev.cascadefarm.common.queue.model;

import dev.cascadefarm.common.queue.JobQueue.JobPage;
import dev.cascadefarm.common.queue.JobSnapshot;
import java.util.Comparator;
import java.util.List;

/** All jobs of a tenant, page by page. */
record ReadJobs(int tenant, int limit) implements Command {
  @Override
  public void run(Trial trial) {
    Model model = trial.model;
    String name = Names.TENANTS.get(tenant);
    List<ModelJob> own =
        model.jobs.values().stream()
            .filter(job -> job.tenant().equals(name))
            .sorted(Comparator.<ModelJob>comparingInt(job -> job.sequence).reversed())
            .toList();
    String cursor = "";
    for (int from = 0; from == 0 || from < own.size(); from += limit) {
      List<ModelJob> page = own.subList(from, Math.min(own.size(), from + limit));
      boolean last = from + limit >= own.size();
      String next = last ? null : Integer.toString(page.get(limit - 1).sequence);
      String here = cursor;
      trial.expectRead(
          "list %d of %s from '%s'".formatted(limit, name, here),
          new JobPage(snapshots(model, page), next),
          () -> trial.queue.jobs().jobs(name, here, limit));
      cursor = next == null ? "" : next;
    }
  }

  private static List<JobSnapshot> snapshots(Model model, List<ModelJob> jobs) {
    return jobs.stream().map(job -> job.snapshot(ReadJob.position(model, job), false)).toList();
  }
}
