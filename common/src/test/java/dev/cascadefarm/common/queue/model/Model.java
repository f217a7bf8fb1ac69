package dev.cascadefarm.common.queue.model;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.cascadefarm.common.job.JobState;
import dev.cascadefarm.common.job.TaskId;
import dev.cascadefarm.common.job.TaskState;
import dev.cascadefarm.common.json.WireJson;
import dev.cascadefarm.common.queue.JobEvent;
import dev.cascadefarm.common.queue.JobQueue.Submission;
import dev.cascadefarm.common.queue.QueueConfig;
import dev.cascadefarm.common.queue.QueueControl.Action;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.ToLongFunction;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The whole state of a queue in memory, and what its commands have in common. It counts nothing
 * that it can count anew: backlog, leases in flight and open tasks are looked up in the tasks.
 */
final class Model {
  /** The time at which a trial begins, ms since the epoch. */
  static final long START = 1_800_000_000_000L;

  final QueueConfig config;
  final Map<String, ModelJob> jobs = new LinkedHashMap<>();
  final Map<String, ModelWorker> workers = new TreeMap<>();

  /** Digest of each bundle, in order of appearance. */
  final Map<String, String> bundles = new LinkedHashMap<>();

  /** What was submitted under each tenant and idempotency key. */
  final Map<String, Key> keys = new HashMap<>();

  final Map<String, ModelTenant> tenants = new TreeMap<>();

  private final Map<String, ModelBundle> queues = new HashMap<>();

  /** What operators did, the latest first. */
  final List<Action> actions = new ArrayList<>();

  final Rings rings = new Rings();

  /** Every lease ever given, oldest first. */
  final List<Lease> leases = new ArrayList<>();

  /** Bundles and jobs that the command under way has to hint of. */
  final Set<String> hints = new TreeSet<>();

  long now = START;

  /** Numbers given to jobs and dead tasks so far. */
  int sequence;

  /** Jobs that were ever made. */
  int made;

  /** Nonces drawn so far. */
  long drawn;

  Model(QueueConfig config) {
    this.config = config;
  }

  /** A job under an idempotency key, which outlives it. */
  record Key(String job, String digest) {}

  ModelBundle queue(String bundle) {
    return queues.computeIfAbsent(bundle, name -> new ModelBundle());
  }

  ModelTenant tenant(String name) {
    return tenants.computeIfAbsent(name, added -> new ModelTenant());
  }

  Stream<ModelTask> tasks() {
    return jobs.values().stream().flatMap(job -> job.tasks.values().stream());
  }

  Stream<ModelTask> tasks(TaskState state) {
    return tasks().filter(task -> task.state == state);
  }

  @Nullable ModelTask task(TaskId id) {
    ModelJob job = jobs.get(id.job());
    return job == null ? null : job.tasks.get(id);
  }

  /** Ready tasks of a tenant in the order in which they are handed out. */
  List<ModelTask> ready(String bundle, String tenant) {
    return tasks(TaskState.READY)
        .filter(task -> task.stage.bundle().equals(bundle) && task.job.tenant().equals(tenant))
        .sorted(
            Comparator.<ModelTask>comparingDouble(task -> task.score)
                .thenComparing(task -> task.id.toString()))
        .toList();
  }

  /** Tasks of a bundle in a state, by a time of theirs. */
  List<ModelTask> timed(String bundle, TaskState state, ToLongFunction<ModelTask> time) {
    return tasks(state)
        .filter(task -> task.stage.bundle().equals(bundle))
        .sorted(Comparator.comparingLong(time).thenComparing(task -> task.id.toString()))
        .toList();
  }

  /** Tasks that a worker leases, in the order in which it got them. */
  List<ModelTask> heldBy(String worker) {
    return tasks(TaskState.LEASED)
        .filter(task -> worker.equals(task.worker))
        .sorted(
            Comparator.<ModelTask>comparingLong(task -> task.claimed)
                .thenComparing(task -> task.id.toString()))
        .toList();
  }

  int backlog(String tenant) {
    return jobs.values().stream()
        .filter(job -> job.tenant().equals(tenant))
        .mapToInt(ModelJob::open)
        .sum();
  }

  /** Whether a tenant could be given a task of this bundle now. */
  private boolean servable(String bundle, String tenant) {
    ModelTenant one = tenant(tenant);
    Integer cap = one.limits.inFlight();
    boolean full = cap != null && leased(bundle, tenant) >= cap;
    boolean paused = one.paused != null || queue(bundle).paused != null;
    return !full && !paused && !ready(bundle, tenant).isEmpty();
  }

  private long leased(String bundle, String tenant) {
    return tasks(TaskState.LEASED)
        .filter(task -> task.stage.bundle().equals(bundle) && task.job.tenant().equals(tenant))
        .count();
  }

  void sync(ModelTask task) {
    sync(task.stage.bundle(), task.job.tenant());
  }

  void sync(String bundle, String tenant) {
    rings.set(bundle, tenant, servable(bundle, tenant));
  }

  void note(String by, String action, String target, String detail) {
    actions.add(0, new Action(now, by, action, target, detail));
  }

  /** What a look behind the queue should show. */
  Set<String> lines() {
    Set<String> lines = new HashSet<>();
    for (ModelJob job : jobs.values()) {
      lines.add(job.id() + ' ' + job.state.word() + ' ' + job.events.size());
      job.tasks
          .values()
          .forEach(task -> lines.add(task.id + " " + task.state.word() + ' ' + task.attempt));
    }
    return lines;
  }

  ModelJob create(Submission submission) {
    ModelJob job = new ModelJob(submission, ++sequence, now, config.limits().ageing().toMillis());
    jobs.put(job.id(), job);
    made++;
    tenant(job.tenant());
    emit(job, JobEvent.JOB_QUEUED, null);
    for (ModelStage stage : job.stages) {
      bundles.putIfAbsent(stage.bundle(), stage.plan().digest());
      for (int image : stage.tasks()) {
        int waits =
            job.before(stage).stream().mapToInt(other -> other.before(stage, image).size()).sum();
        if (waits == 0) {
          appear(job, stage, image);
        } else {
          job.blocked.put(job.task(stage, image), waits);
        }
      }
    }
    return job;
  }

  /** Readies those that waited for this task alone. */
  void handOver(ModelTask done) {
    ModelJob job = done.job;
    for (ModelStage stage : job.stages) {
      if (stage.plan().after().contains(done.stage.name())) {
        for (int image : stage.tasks()) {
          TaskId id = job.task(stage, image);
          if (done.stage.before(stage, image).contains(done.id.image())
              && job.blocked.merge(id, -1, Integer::sum) == 0) {
            job.blocked.remove(id);
            appear(job, stage, image);
          }
        }
      }
    }
  }

  void appear(ModelJob job, ModelStage stage, int image) {
    TaskId id = job.task(stage, image);
    makeReady(job.tasks.computeIfAbsent(id, fresh -> new ModelTask(job, stage, fresh)));
  }

  void makeReady(ModelTask task) {
    task.state = TaskState.READY;
    sync(task);
    hints.add(task.stage.bundle());
  }

  /** Appends to the job's log; {@code data} are names and values in turn. */
  void emit(ModelJob job, String type, @Nullable ModelTask task, Object... data) {
    log(job, job.event(now, type, task, data(data)));
  }

  /** Names and values in turn as JSON, in order of the names. */
  static ObjectNode data(Object... pairs) {
    Map<String, Object> sorted = new TreeMap<>();
    for (int i = 0; i < pairs.length; i += 2) {
      sorted.put(pairs[i].toString(), pairs[i + 1]);
    }
    ObjectNode object = WireJson.object();
    sorted.forEach(
        (name, value) -> {
          if (value instanceof Number number) {
            object.put(name, number.longValue());
          } else {
            object.put(name, value.toString());
          }
        });
    return object;
  }

  void log(ModelJob job, JobEvent event) {
    job.log(event);
    hints.add(job.id());
  }

  void unlease(ModelTask task, ModelTask.Ending ending, TaskState next) {
    task.state = next;
    task.endedNonce = task.nonce;
    task.ending = ending;
    task.nonce = "";
    task.started = false;
    sync(task);
  }

  /** Ends a job whose last task is over. */
  void close(ModelJob job) {
    if (job.open() > 0) {
      return;
    }
    if (job.state == JobState.CANCELLING) {
      finish(job, JobState.CANCELLED);
    } else if (job.live()) {
      finish(job, JobState.SUCCEEDED);
    }
  }

  private void finish(ModelJob job, JobState state, Object... data) {
    job.state = state;
    job.finished = now;
    job.collected = false;
    emit(job, "job." + state.word(), null, data);
  }

  /** Removes what is not leased, a bounded number of places of the grid of stages and images. */
  void sweep(ModelJob job) {
    boolean some = !job.blocked.isEmpty();
    job.blocked.clear();
    int images = job.submission.spec().n();
    int places = job.stages.size() * images;
    int from = Math.max(0, job.sweepFrom);
    int to = Math.min(places, from + Bounds.SWEEP_PLACES);
    for (int place = from; place < to; place++) {
      ModelStage stage = job.stages.get(place / images);
      int image = stage.wholeJob() ? TaskId.WHOLE_JOB : place % images;
      ModelTask task = job.tasks.get(job.task(stage, image));
      boolean seen = stage.wholeJob() && place % images > 0;
      if (task != null
          && !seen
          && (task.state == TaskState.READY || task.state == TaskState.DELAYED)) {
        task.state = TaskState.CANCELLED;
        sync(task);
        some = true;
      }
    }
    job.sweepFrom = to < places ? to : -1;
    job.sweepAsked = now;
    if (some) {
      close(job);
    }
  }

  /** Ends a lease whose job is no longer wanted. */
  void drop(ModelTask task) {
    unlease(task, ModelTask.Ending.CANCELLED, TaskState.CANCELLED);
    close(task.job);
  }

  /** A task that will not be tried again takes its job with it. */
  void die(ModelTask task, String kind, String reason) {
    unlease(task, ModelTask.Ending.DEAD, TaskState.DEAD);
    task.error = reason;
    task.kind = kind;
    task.died = now;
    task.deadSequence = ++sequence;
    String whole = task.stage.name() + ": " + reason;
    emit(
        task.job,
        JobEvent.TASK_DEAD,
        task,
        "kind",
        kind,
        "reason",
        reason,
        "failures",
        task.failures,
        "stalls",
        task.stalls);
    task.job.error = whole;
    finish(task.job, JobState.FAILED, "reason", whole);
    sweep(task.job);
  }

  void retryNow(ModelTask task, String kind, String reason) {
    unlease(task, ModelTask.Ending.RETRIED, TaskState.READY);
    makeReady(task);
    emit(task.job, JobEvent.TASK_RETRIED, task, "kind", kind, "reason", reason);
  }

  void retryLater(ModelTask task, String kind, String reason, long delay) {
    unlease(task, ModelTask.Ending.RETRIED, TaskState.DELAYED);
    task.notBefore = now + delay;
    task.error = reason;
    emit(
        task.job,
        JobEvent.TASK_RETRIED,
        task,
        "kind",
        kind,
        "reason",
        reason,
        "failures",
        task.failures,
        "delay_ms",
        delay);
  }
}
