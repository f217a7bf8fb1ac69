package dev.cascadefarm.common.queue.model;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.cascadefarm.common.job.JobState;
import dev.cascadefarm.common.job.TaskId;
import dev.cascadefarm.common.job.TaskState;
import dev.cascadefarm.common.queue.JobEvent;
import dev.cascadefarm.common.queue.JobQueue.Submission;
import dev.cascadefarm.common.queue.JobSnapshot;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A job of the model, with its log. */
final class ModelJob {
  final Submission submission;
  final List<ModelStage> stages;

  /** 1-based order of submission among all jobs. */
  final int sequence;

  /** When it counts as submitted: its priority makes that earlier. */
  final double base;

  final long created;

  /** Tasks that are or were ready. */
  final Map<TaskId, ModelTask> tasks = new LinkedHashMap<>();

  /** Tasks that were never ready, with how many others each still waits for. */
  final Map<TaskId, Integer> blocked = new LinkedHashMap<>();

  final List<JobEvent> events = new ArrayList<>();
  final List<String> warnings = new ArrayList<>();
  JobState state = JobState.QUEUED;
  long started;
  long finished;
  @Nullable String error;

  /** Whether what its tasks did not commit was removed since it ended. */
  boolean collected;

  /** Where an unfinished removal of its tasks goes on; -1 if there is none. */
  int sweepFrom = -1;

  long sweepAsked;

  ModelJob(Submission submission, int sequence, long now, long ageingMs) {
    this.submission = submission;
    this.sequence = sequence;
    this.created = now;
    this.base = now - (double) (submission.priority() * ageingMs);
    int images = submission.spec().n();
    this.stages =
        submission.plan().stages().stream().map(plan -> new ModelStage(plan, images)).toList();
  }

  String id() {
    return submission.job();
  }

  String tenant() {
    return submission.tenant();
  }

  boolean live() {
    return state == JobState.QUEUED || state == JobState.RUNNING;
  }

  /** Tasks that are not over, ready or not. */
  int open() {
    return blocked.size() + (int) tasks.values().stream().filter(task -> !task.over()).count();
  }

  /** All tasks it will have if all goes well. */
  int size() {
    return stages.stream().mapToInt(stage -> stage.tasks().size()).sum();
  }

  ModelStage stage(String name) {
    return stages.stream().filter(stage -> stage.name().equals(name)).findFirst().orElseThrow();
  }

  List<ModelStage> before(ModelStage stage) {
    return stages.stream().filter(other -> stage.plan().after().contains(other.name())).toList();
  }

  TaskId task(ModelStage stage, int image) {
    return new TaskId(id(), stage.name(), image);
  }

  /** The oldest event that is still kept; the first can be told without a log. */
  int firstKept() {
    int oldest = Math.max(2, events.size() - Bounds.LOG_LENGTH + 1);
    return oldest <= 2 ? 1 : oldest;
  }

  void log(JobEvent event) {
    events.add(event);
  }

  JobEvent event(long now, String type, @Nullable ModelTask task, ObjectNode data) {
    boolean wholeJob = task == null || task.id.image() == TaskId.WHOLE_JOB;
    return new JobEvent(
        JobEvent.VERSION,
        events.size() + 1L,
        type,
        now,
        id(),
        task == null ? null : task.stage.name(),
        wholeJob || task == null ? null : Integer.valueOf(task.id.image()),
        task == null ? null : Integer.valueOf(task.attempt),
        data.isEmpty() ? null : data);
  }

  JobSnapshot snapshot(@Nullable Long position, boolean withTasks) {
    return new JobSnapshot(
        id(),
        tenant(),
        state,
        submission.priority(),
        submission.spec(),
        submission.plan(),
        created,
        started,
        finished,
        events.size(),
        position,
        warnings,
        error,
        withTasks ? taskSnapshots() : List.of());
  }

  private List<JobSnapshot.Task> taskSnapshots() {
    List<JobSnapshot.Task> all = new ArrayList<>();
    for (ModelStage stage : stages) {
      for (int image : stage.tasks()) {
        TaskId id = task(stage, image);
        ModelTask task = tasks.get(id);
        all.add(task == null ? unborn(id) : task.snapshot());
      }
    }
    return all;
  }

  private JobSnapshot.Task unborn(TaskId id) {
    TaskState word = blocked.containsKey(id) ? TaskState.BLOCKED : TaskState.CANCELLED;
    return new JobSnapshot.Task(id, word, 0, null, null, null, null);
  }
}
