package dev.cascadefarm.common.queue;

import dev.cascadefarm.common.job.JobPlan;
import dev.cascadefarm.common.job.JobSpec;
import dev.cascadefarm.common.job.TaskId;
import dev.cascadefarm.common.json.WireJson;
import io.vertx.redis.client.Response;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Reads leased tasks as {@code claim.lua} hands them out: tasks, and their jobs once each. */
final class LeaseReader {
  private LeaseReader() {}

  private record Pay(JobSpec spec, JobPlan plan) {}

  static List<TaskQueue.LeasedTask> tasks(Response tasks, Response jobs) {
    Map<String, Pay> pays = new HashMap<>();
    for (Response job : jobs) {
      pays.put(
          job.get(0).toString(),
          new Pay(
              WireJson.read(job.get(1).toString(), JobSpec.class),
              WireJson.read(job.get(2).toString(), JobPlan.class)));
    }
    List<TaskQueue.LeasedTask> leased = new ArrayList<>(tasks.size());
    for (Response task : tasks) {
      TaskId id = TaskId.parse(task.get(0).toString());
      leased.add(task(id, task, pays.get(id.job())));
    }
    return leased;
  }

  private static TaskQueue.LeasedTask task(TaskId id, Response task, @Nullable Pay pay) {
    if (pay == null) {
      throw new IllegalStateException("claim: no job for " + id + " (expected: one in the reply)");
    }
    String checkpoint = task.get(4).toString();
    return new TaskQueue.LeasedTask(
        id,
        task.get(1).toString(),
        task.get(2).toString(),
        task.get(3).toInteger(),
        pay.spec(),
        pay.plan(),
        manifests(ScriptReply.strings(task.get(5))),
        checkpoint.isEmpty() ? null : checkpoint);
  }

  private static Map<String, String> manifests(List<String> flat) {
    Map<String, String> manifests = new HashMap<>();
    for (int i = 0; i + 1 < flat.size(); i += 2) {
      manifests.put(flat.get(i), flat.get(i + 1));
    }
    return manifests;
  }
}
