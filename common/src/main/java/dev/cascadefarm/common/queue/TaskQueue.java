package dev.cascadefarm.common.queue;

import dev.cascadefarm.common.cascade.BundleId;
import dev.cascadefarm.common.job.JobPlan;
import dev.cascadefarm.common.job.JobSpec;
import dev.cascadefarm.common.job.Progress;
import dev.cascadefarm.common.job.TaskId;
import io.vertx.core.Future;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The worker's side of the queue. Every report carries the nonce of the lease. Thread-safe. */
public interface TaskQueue {
  /** Leases at most {@code count} ready tasks of one bundle. */
  Future<ClaimResult> claim(Claim claim);

  /** Extends leases, at most 256 at once, and stores what each has to say. */
  Future<Map<TaskId, Renewal.Answer>> renew(String worker, List<Renewal> renewals);

  /**
   * Commits manifests and readies the tasks that waited for them. Each task is taken or not for
   * itself; the answers come in the order of the tasks.
   */
  Future<List<ReportResult>> complete(List<Completion> completions);

  /** Commits one task's manifest and readies the tasks that waited for it. */
  default Future<ReportResult> complete(Completion completion) {
    return complete(List.of(completion)).map(results -> results.get(0));
  }

  /** Gives a lease back with a reason. */
  Future<ReportResult> fail(Failure failure);

  /** Says that the worker lives, and what it is. */
  Future<Void> heartbeat(WorkerSnapshot worker);

  /** Says that the worker leaves; whatever it still leases is ready again at once. */
  Future<Void> goodbye(String worker);

  /** The digest registered for a bundle, or {@code null} if it is not registered. */
  Future<@Nullable String> registeredDigest(BundleId bundle);

  /** A real script round trip. */
  Future<Void> ready();

  /**
   * A wish for tasks.
   *
   * @param worker fresh UUID of the worker process
   * @param request fresh id; repeating a claim with the same id answers with the same leases
   * @param digest SHA-256 of the worker's own {@code stage.json}
   * @param count at most the free slots, 1 to 64
   */
  record Claim(String worker, String request, BundleId bundle, String digest, int count) {}

  /**
   * The answer to a claim.
   *
   * @param lease how long the leases last, counted from when the claim was sent
   * @param tasks may be empty
   */
  record ClaimResult(Outcome outcome, Duration lease, List<LeasedTask> tasks) {
    public ClaimResult {
      tasks = List.copyOf(tasks);
    }

    /** Whether the claim was in order. */
    public enum Outcome {
      OK,
      /** The worker's files are not those registered for the bundle. */
      WRONG_BUNDLE,
      /** The queue speaks another schema version. */
      WRONG_SCHEMA
    }
  }

  /**
   * A task and the right to work on it.
   *
   * @param attempt 1 for the first lease of the task
   * @param manifests store keys of the predecessors' manifests, by stage
   * @param checkpoint store key of a checkpoint to resume from; absent to start over
   */
  record LeasedTask(
      TaskId id,
      String tenant,
      String nonce,
      int attempt,
      JobSpec spec,
      JobPlan plan,
      Map<String, String> manifests,
      @Nullable String checkpoint) {
    public LeasedTask {
      manifests = Map.copyOf(manifests);
    }
  }

  /**
   * A lease to extend.
   *
   * @param progress the latest; absent if there is nothing new
   * @param checkpoint store key of a checkpoint that the next attempt shall go on from; absent if
   *     there is nothing new
   * @param refusal the checkpoint that this attempt could not go on from; absent usually
   */
  record Renewal(
      TaskId id,
      String nonce,
      @Nullable Progress progress,
      @Nullable String checkpoint,
      @Nullable Refusal refusal) {
    /** A lease to extend that has no more to say than its progress. */
    public Renewal(TaskId id, String nonce, @Nullable Progress progress) {
      this(id, nonce, progress, null, null);
    }

    /**
     * A checkpoint that is of no use; the task has started over, and its job's log says so once.
     *
     * @param checkpoint store key
     * @param reason for people, at most 256 bytes
     */
    public record Refusal(String checkpoint, String reason) {}

    /** What the worker has to do now. */
    public enum Answer {
      /** Go on. */
      OK,
      /** The job is being cancelled: stop and report {@link Failure.Kind#CANCELLED}. */
      CANCEL,
      /** The task ran past its hard limit: stop and report a task failure. */
      DEADLINE,
      /** The lease is somebody else's: stop and report nothing. */
      LOST
    }
  }

  /**
   * A finished task.
   *
   * @param manifest store key of the manifest; committing it is what completes the task
   * @param rows rows it took, for the record
   * @param warnings remarks for the submitter, for example unknown words
   */
  record Completion(
      TaskId id, String worker, String nonce, String manifest, int rows, List<String> warnings) {
    public Completion {
      warnings = List.copyOf(warnings);
    }
  }

  /**
   * A task given back.
   *
   * @param reason for people, at most 2 KiB
   */
  record Failure(TaskId id, String worker, String nonce, Kind kind, String reason) {
    /** Whose fault it was; decides what happens next. */
    public enum Kind {
      /** The task itself: counted, tried again with growing delay, dead after a limit. */
      TASK,
      /** Store, driver, network: never counted, tried again with growing delay. */
      INFRASTRUCTURE,
      /** Will never work: dead now. */
      PERMANENT,
      /** The worker is leaving: ready at once, not counted. */
      RELEASED,
      /** The job was cancelled and the worker has stopped. */
      CANCELLED
    }
  }

  /** How a report was taken. */
  enum ReportResult {
    OK,
    /** The same report was taken before; nothing changed. */
    ALREADY,
    /** The lease is not the caller's any more; nothing changed. */
    STALE,
    /** The job is being cancelled; the result was not taken. */
    CANCELLED
  }
}
