package dev.cascadefarm.common.queue;

import dev.cascadefarm.common.cascade.BundleId;
import dev.cascadefarm.common.job.JobState;
import dev.cascadefarm.common.json.WireJson;
import io.vertx.core.Future;
import io.vertx.redis.client.Response;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The coordinator's side of the queue, in Redis. Thread-safe. */
final class RedisJobQueue implements JobQueue {
  private static final int SWEEP_PLACES = 200;
  private static final Duration FULL_RETRY = Duration.ofSeconds(30);

  private final RedisGateway gateway;
  private final Reaper reaper;
  private final QueueConfig.Limits limits;
  private final String idempotencyTailMs;

  RedisJobQueue(RedisGateway gateway, Reaper reaper) {
    this.gateway = gateway;
    this.reaper = reaper;
    this.limits = gateway.config().limits();
    this.idempotencyTailMs = Long.toString(limits.idempotencyTail().toMillis());
  }

  @Override
  public Future<Boolean> register(BundleId bundle, String digest) {
    return gateway
        .run(Script.REGISTER, List.of(bundle.toString(), digest))
        .map(reply -> reply.code().equals("OK"));
  }

  @Override
  public Future<SubmitResult> submit(Submission submission) {
    return gateway
        .run(Script.SUBMIT, SubmitArguments.of(submission, limits))
        .compose(reply -> submitted(submission, reply))
        .recover(cause -> full(submission, cause));
  }

  private static Future<SubmitResult> submitted(Submission submission, ScriptReply reply) {
    if (reply.code().equals("WRONG_BUNDLE")) {
      return Future.failedFuture(
          new QueueRefusedException(
              QueueRefusedException.Reason.WRONG_BUNDLE,
              "bundle " + reply.text(0) + ": another digest (expected: " + reply.text(1) + ")"));
    }
    SubmitResult.Outcome outcome = SubmitResult.Outcome.valueOf(reply.code());
    return Future.succeededFuture(
        outcome == SubmitResult.Outcome.LIMIT
            ? new SubmitResult(outcome, submission.job(), limit(reply))
            : new SubmitResult(outcome, reply.text(0), null));
  }

  private static SubmitResult.Limit limit(ScriptReply reply) {
    return new SubmitResult.Limit(
        reply.text(0).equals("rate") ? SubmitResult.Bound.RATE : SubmitResult.Bound.BACKLOG,
        reply.text(1),
        Duration.ofMillis(reply.at(2).toLong()));
  }

  /** A Redis without memory has no room for a job, which is a limit like the backlog's. */
  private static Future<SubmitResult> full(Submission submission, Throwable cause) {
    if (!(cause instanceof QueueFullException)) {
      return Future.failedFuture(cause);
    }
    var limit =
        new SubmitResult.Limit(
            SubmitResult.Bound.MEMORY, String.valueOf(cause.getMessage()), FULL_RETRY);
    return Future.succeededFuture(
        new SubmitResult(SubmitResult.Outcome.LIMIT, submission.job(), limit));
  }

  @Override
  public Future<Optional<JobState>> cancel(String tenant, String job) {
    return gateway
        .run(Script.CANCEL, List.of(tenant, job, Integer.toString(SWEEP_PLACES), idempotencyTailMs))
        .map(
            reply ->
                reply.code().equals("NONE")
                    ? Optional.empty()
                    : Optional.of(JobState.of(reply.text(0))));
  }

  @Override
  public Future<Optional<JobSnapshot>> job(String tenant, String job) {
    return gateway.run(Script.JOB, List.of(tenant, job)).map(RedisJobQueue::snapshot);
  }

  private static Optional<JobSnapshot> snapshot(ScriptReply reply) {
    if (reply.code().equals("NONE")) {
      return Optional.empty();
    }
    Response head = reply.at(0);
    JobState state = JobState.of(head.get(2).toString());
    return Optional.of(SnapshotReader.job(head, SnapshotReader.tasks(reply.at(1), state)));
  }

  @Override
  public Future<JobPage> jobs(String tenant, String cursor, int limit) {
    String below = cursor.isEmpty() ? "+inf" : "(" + Cursors.sequence(cursor);
    return gateway
        .run(Script.JOBS, List.of(tenant, below, Cursors.oneMoreThan(limit)))
        .map(reply -> page(reply.at(0), limit));
  }

  private static JobPage page(Response rows, int limit) {
    List<JobSnapshot> jobs = new ArrayList<>();
    String next = null;
    for (Response row : rows) {
      if (jobs.size() == limit) {
        return new JobPage(jobs, next);
      }
      jobs.add(SnapshotReader.job(row.get(1), List.of()));
      next = row.get(0).toString();
    }
    return new JobPage(jobs, null);
  }

  @Override
  public Future<Optional<EventPage>> events(String tenant, String job, long after, int limit) {
    Cursors.checkLimit(limit);
    if (after < 0) {
      throw new IllegalArgumentException("after: " + after + " (expected: >= 0)");
    }
    return gateway
        .run(Script.EVENTS, List.of(tenant, job, Long.toString(after), Integer.toString(limit)))
        .map(reply -> events(job, reply));
  }

  private static Optional<EventPage> events(String job, ScriptReply reply) {
    return reply.code().equals("NONE")
        ? Optional.empty()
        : Optional.of(
            new EventPage(
                EventReader.events(job, reply.at(2)),
                reply.at(3).toLong(),
                reply.at(0).toLong(),
                JobState.of(reply.text(1))));
  }

  @Override
  public Future<List<WorkerSnapshot>> workers() {
    return gateway
        .run(Script.WORKERS, List.of(Long.toString(limits.workerSilence().toMillis())))
        .map(reply -> workers(reply.at(0)));
  }

  private static List<WorkerSnapshot> workers(Response flat) {
    List<WorkerSnapshot> workers = new ArrayList<>();
    for (int i = 0; i + 1 < flat.size(); i += 2) {
      WorkerSnapshot worker = WireJson.read(flat.get(i).toString(), WorkerSnapshot.class);
      workers.add(worker.seenAt(flat.get(i + 1).toLong()));
    }
    return workers;
  }

  @Override
  public Future<ReapResult> reap() {
    return reaper.reap();
  }

  @Override
  public Future<Boolean> releaseIfSilent(String worker) {
    return reaper.releaseIfSilent(worker);
  }

  @Override
  public Future<@Nullable Void> ready() {
    return gateway.run(Script.READY, List.of()).mapEmpty();
  }
}
