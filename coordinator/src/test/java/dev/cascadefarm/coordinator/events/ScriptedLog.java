package dev.cascadefarm.coordinator.events;

import dev.cascadefarm.common.cascade.BundleId;
import dev.cascadefarm.common.job.JobPlan;
import dev.cascadefarm.common.job.JobSpec;
import dev.cascadefarm.common.job.JobState;
import dev.cascadefarm.common.queue.JobEvent;
import dev.cascadefarm.common.queue.JobQueue;
import dev.cascadefarm.common.queue.JobSnapshot;
import dev.cascadefarm.common.queue.QueueUnavailableException;
import dev.cascadefarm.common.queue.WorkerSnapshot;
import io.vertx.core.Future;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** A queue that has an event log and nothing else. */
final class ScriptedLog implements JobQueue {
  static final String JOB = "job";

  private final List<JobEvent> log = new ArrayList<>();
  JobState state = JobState.RUNNING;
  boolean down;
  int reads;
  private long first = 1;

  void append(int count) {
    for (int i = 0; i < count; i++) {
      long seq = log.size() + 1L;
      log.add(event(JobEvent.TASK_COMPLETED, seq, (int) seq));
    }
  }

  /** Loses all events up to that one. */
  void forget(long last) {
    first = last + 1;
  }

  static JobEvent progress(int image, long at) {
    return new JobEvent(1, null, JobEvent.TASK_PROGRESS, at, JOB, "base", image, 1, null);
  }

  private static JobEvent event(String type, long seq, int image) {
    return new JobEvent(1, seq, type, seq, JOB, "base", image, 1, null);
  }

  @Override
  public Future<Optional<EventPage>> events(String tenant, String job, long after, int limit) {
    reads++;
    if (down) {
      return Future.failedFuture(new QueueUnavailableException("down", new Exception("down")));
    }
    List<JobEvent> page =
        log.stream()
            .filter(event -> event.seq() > after && event.seq() >= first)
            .limit(limit)
            .toList();
    return Future.succeededFuture(Optional.of(new EventPage(page, first, log.size(), state)));
  }

  @Override
  public Future<Boolean> releaseIfSilent(String worker) {
    throw new UnsupportedOperationException();
  }

  @Override
  public Future<Boolean> register(BundleId bundle, String digest) {
    throw new UnsupportedOperationException();
  }

  @Override
  public Future<SubmitResult> submit(Submission submission) {
    throw new UnsupportedOperationException();
  }

  @Override
  public Future<Optional<JobState>> cancel(String tenant, String job) {
    throw new UnsupportedOperationException();
  }

  @Override
  public Future<Optional<JobSnapshot>> job(String tenant, String job) {
    var spec = new JobSpec("scenes@2", "a ring", null, 1, 0, Map.of());
    return Future.succeededFuture(
        Optional.of(
            new JobSnapshot(
                job,
                tenant,
                state,
                0,
                spec,
                new JobPlan(List.of()),
                1,
                1,
                0,
                log.size(),
                null,
                List.of(),
                null,
                List.of())));
  }

  @Override
  public Future<JobPage> jobs(String tenant, String cursor, int limit) {
    throw new UnsupportedOperationException();
  }

  @Override
  public Future<List<WorkerSnapshot>> workers() {
    throw new UnsupportedOperationException();
  }

  @Override
  public Future<ReapResult> reap() {
    throw new UnsupportedOperationException();
  }

  @Override
  public Future<Void> ready() {
    throw new UnsupportedOperationException();
  }
}
