package dev.cascadefarm.common.queue.model;

import dev.cascadefarm.common.job.Progress;
import dev.cascadefarm.common.job.TaskId;
import dev.cascadefarm.common.job.TaskState;
import dev.cascadefarm.common.queue.JobSnapshot;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** A task of the model, from when it was first ready. */
final class ModelTask {
  final ModelJob job;
  final ModelStage stage;
  final TaskId id;

  /** Place among the ready tasks of its bundle and tenant; lowest first. */
  final double score;

  TaskState state = TaskState.READY;
  int attempt;
  int failures;
  int infrastructure;
  int stalls;
  int lost;
  long firstStall;

  /** The lease, while there is one. */
  String nonce = "";

  long claimed;
  long leaseUntil;
  long deadline;
  boolean started;

  /** The last workers at which it failed, the latest first. */
  List<String> avoided = List.of();

  /** Kind, time and place in the list of the dead, if it is dead. */
  String kind = "";

  long died;
  int deadSequence;

  /** How the last lease ended, if one has. */
  String endedNonce = "";

  Ending ending = Ending.RETRIED;
  long notBefore;
  @Nullable String worker;
  @Nullable Progress progress;
  @Nullable String manifest;
  @Nullable String error;

  /** Ways for a lease to end. */
  enum Ending {
    DONE,
    CANCELLED,
    RETRIED,
    DEAD
  }

  ModelTask(ModelJob job, ModelStage stage, TaskId id) {
    this.job = job;
    this.stage = stage;
    this.id = id;
    this.score = job.base + (id.image() == TaskId.WHOLE_JOB ? 0 : id.image() / 128.0);
  }

  boolean over() {
    return state == TaskState.DONE || state == TaskState.DEAD || state == TaskState.CANCELLED;
  }

  boolean leasedUnder(String presented) {
    return state == TaskState.LEASED && nonce.equals(presented);
  }

  boolean endedUnder(String presented, Ending how) {
    return endedNonce.equals(presented) && ending == how;
  }

  /** Its worker is one to avoid from now on. */
  void avoidWorker() {
    String last = String.valueOf(worker);
    avoided =
        Stream.concat(Stream.of(last), avoided.stream().filter(other -> !other.equals(last)))
            .limit(3)
            .toList();
  }

  /** Begins anew, but for how often it was tried. */
  void forgive() {
    failures = 0;
    infrastructure = 0;
    stalls = 0;
    lost = 0;
    firstStall = 0;
    error = null;
    avoided = List.of();
  }

  JobSnapshot.Task snapshot() {
    return new JobSnapshot.Task(id, state, attempt, progress, worker, manifest, error);
  }
}
