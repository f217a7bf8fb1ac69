package dev.cascadefarm.common.queue;

import dev.cascadefarm.common.cascade.BundleId;
import dev.cascadefarm.common.job.JobPlan;
import dev.cascadefarm.common.job.JobSpec;
import dev.cascadefarm.common.job.JobState;
import io.vertx.core.Future;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The coordinator's side of the queue. Thread-safe. */
public interface JobQueue {
  /** Makes a bundle known; the first digest for an id stays, another one answers {@code false}. */
  Future<Boolean> register(BundleId bundle, String digest);

  /** Creates the job and readies its first tasks, once per idempotency key. */
  Future<SubmitResult> submit(Submission submission);

  /** Asks for a job's end; decided against a completion by whichever script runs first. */
  Future<Optional<JobState>> cancel(String tenant, String job);

  /** One job with its tasks, or empty if the tenant has no such job. */
  Future<Optional<JobSnapshot>> job(String tenant, String job);

  /** Jobs of a tenant, newest first, from an opaque cursor (empty for the start). */
  Future<JobPage> jobs(String tenant, String cursor, int limit);

  /**
   * State events with a sequence above {@code after}, oldest first; empty if there is no such job.
   */
  Future<Optional<EventPage>> events(String tenant, String job, long after, int limit);

  /** Workers whose heartbeat is recent. */
  Future<List<WorkerSnapshot>> workers();

  /** Returns lost leases to the queue; safe to call from any number of coordinators. */
  Future<ReapResult> reap();

  /**
   * Returns what a worker leases to the queue, if the worker is silent itself; for whoever hears
   * that it is gone.
   *
   * @return false if the worker was heard of lately, so that nothing was done
   */
  Future<Boolean> releaseIfSilent(String worker);

  /** A real script round trip: completes when the queue can take work. */
  Future<Void> ready();

  /**
   * A job about to be created.
   *
   * @param job a fresh id, {@code [a-z0-9-]{1,64}}
   * @param idempotencyKey absent if the client gave none
   * @param digest SHA-256 of the canonical request
   * @param priority 0 (normal) to 9; each level is worth a fixed head start in waiting time
   */
  record Submission(
      String tenant,
      String job,
      @Nullable String idempotencyKey,
      String digest,
      int priority,
      JobSpec spec,
      JobPlan plan) {}

  /**
   * What became of a submission.
   *
   * @param job the job's id: the given one, or the earlier one under the same key
   * @param limit what stands in the way; absent unless the outcome is LIMIT
   */
  record SubmitResult(Outcome outcome, String job, @Nullable Limit limit) {
    /**
     * A limit of the tenant.
     *
     * @param bound which
     * @param found for people: how much there is, and how much may be
     * @param retryAfter when it may be worth another try
     */
    public record Limit(Bound bound, String found, Duration retryAfter) {}

    /** What can be too much. */
    public enum Bound {
      /** Unfinished tasks. */
      BACKLOG,
      /** Submissions per second. */
      RATE,
      /** Memory of the queue. */
      MEMORY
    }

    /** How a submission ended. */
    public enum Outcome {
      CREATED,
      /** Same key, same request: the earlier job. */
      REPLAYED,
      /** Same key, another request. */
      CONFLICT,
      /** Too much at once or too much already; try later. */
      LIMIT
    }
  }

  /** A page of jobs; {@code next} is absent on the last page. */
  record JobPage(List<JobSnapshot> jobs, @Nullable String next) {
    public JobPage {
      jobs = List.copyOf(jobs);
    }
  }

  /**
   * A piece of a job's event log.
   *
   * @param first sequence of the oldest event that is still kept
   * @param last sequence of the newest event of the job
   * @param state the job's state when the page was read
   */
  record EventPage(List<JobEvent> events, long first, long last, JobState state) {
    public EventPage {
      events = List.copyOf(events);
    }
  }

  /** What one reaping pass did. */
  record ReapResult(int readied, int dead) {}
}
