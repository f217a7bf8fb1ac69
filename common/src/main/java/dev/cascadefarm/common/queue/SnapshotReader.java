package dev.cascadefarm.common.queue;

import static dev.cascadefarm.common.queue.ScriptReply.numberOrZero;
import static dev.cascadefarm.common.queue.ScriptReply.textOrNull;

import dev.cascadefarm.common.job.JobPlan;
import dev.cascadefarm.common.job.JobSpec;
import dev.cascadefarm.common.job.JobState;
import dev.cascadefarm.common.job.Progress;
import dev.cascadefarm.common.job.TaskId;
import dev.cascadefarm.common.job.TaskState;
import dev.cascadefarm.common.json.WireJson;
import io.vertx.redis.client.Response;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Reads jobs as the scripts tell them. */
final class SnapshotReader {
  private SnapshotReader() {}

  /** Reads what {@code head} in {@code reading.lua} returns, and the job's tasks. */
  static JobSnapshot job(Response head, List<JobSnapshot.Task> tasks) {
    String position = textOrNull(head.get(11));
    return new JobSnapshot(
        head.get(0).toString(),
        head.get(1).toString(),
        JobState.of(head.get(2).toString()),
        head.get(3).toInteger(),
        WireJson.read(head.get(9).toString(), JobSpec.class),
        WireJson.read(head.get(10).toString(), JobPlan.class),
        head.get(4).toLong(),
        numberOrZero(head.get(5)),
        numberOrZero(head.get(6)),
        numberOrZero(head.get(7)),
        position == null ? null : Long.valueOf(position),
        ScriptReply.strings(head.get(12)),
        textOrNull(head.get(8)),
        tasks);
  }

  static List<JobSnapshot.Task> tasks(Response rows, JobState job) {
    List<JobSnapshot.Task> tasks = new ArrayList<>(rows.size());
    for (Response row : rows) {
      tasks.add(task(row, job));
    }
    return tasks;
  }

  private static JobSnapshot.Task task(Response row, JobState job) {
    String attempt = textOrNull(row.get(2));
    return new JobSnapshot.Task(
        TaskId.parse(row.get(0).toString()),
        state(textOrNull(row.get(1)), job),
        attempt == null ? 0 : Integer.parseInt(attempt),
        progress(textOrNull(row.get(3))),
        textOrNull(row.get(4)),
        textOrNull(row.get(5)),
        textOrNull(row.get(6)));
  }

  /** A task without a hash still waits for others, or was swept away with its job. */
  private static TaskState state(@Nullable String word, JobState job) {
    if (word != null) {
      return TaskState.of(word);
    }
    boolean waiting = job == JobState.QUEUED || job == JobState.RUNNING;
    return waiting ? TaskState.BLOCKED : TaskState.CANCELLED;
  }

  private static @Nullable Progress progress(@Nullable String text) {
    if (text == null) {
      return null;
    }
    int slash = text.indexOf('/');
    return new Progress(
        Integer.parseInt(text.substring(0, slash)), Integer.parseInt(text.substring(slash + 1)));
  }
}
