package dev.cascadefarm.common.queue;

import dev.cascadefarm.common.cascade.BundleId;
import dev.cascadefarm.common.job.TaskId;
import io.vertx.core.Future;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;

/**
 * The operator's side of the queue: who may have what, what stands still, and what is dead. What is
 * changed here is noted with the name of who did it. Times are milliseconds since the epoch by
 * Redis' clock. Thread-safe.
 */
public interface QueueControl {
  /**
   * Says what a tenant may have, from now on; a tenant nobody has named has {@link
   * TenantLimits#NONE}.
   */
  Future<Void> allow(String tenant, TenantLimits limits);

  /** The tenants that the farm has heard of. */
  Future<List<TenantState>> tenants();

  /** The queues of all bundles. */
  Future<List<StageState>> stages();

  /**
   * Stops tasks from being claimed; what runs goes on.
   *
   * @param reason for people; not empty
   * @param by who asks
   * @return false if there is nothing of that name
   */
  Future<Boolean> pause(Target target, String reason, String by);

  /** Lets tasks be claimed again; harmless if they may already. */
  Future<Boolean> resume(Target target, String by);

  /**
   * Bounds how many tasks of a bundle run at once; empty takes the bound away.
   *
   * @return false if there is no such bundle
   */
  Future<Boolean> bound(BundleId bundle, OptionalInt most, String by);

  /** Tasks that will not be tried again, the latest first, from an opaque cursor. */
  Future<DeadPage> dead(String cursor, int limit);

  /** Takes up a dead task and the job that failed with it. */
  Future<Redrive> redrive(TaskId task, String by);

  /** What operators did, the latest first, from an opaque cursor. */
  Future<ActionPage> actions(String cursor, int limit);

  /** What went wrong since the queue began. */
  Future<Incidents> incidents();

  /** What can be paused. */
  sealed interface Target {
    /** All tasks of a bundle. */
    record Stage(BundleId bundle) implements Target {}

    /** All tasks of a tenant. */
    record Tenant(String name) implements Target {}
  }

  /**
   * What went wrong and was put right, counted since the queue began.
   *
   * @param staleReports of tasks whose lease was no longer in force; they changed nothing
   * @param strayEntries of an index that had no business there
   * @param breakersOpened stages that counted as broken
   */
  record Incidents(long staleReports, long strayEntries, long breakersOpened) {}

  /**
   * A tenant as it stands.
   *
   * @param backlog unfinished tasks
   * @param paused why; absent unless paused
   */
  record TenantState(String name, TenantLimits limits, long backlog, @Nullable String paused) {}

  /**
   * The queue of one bundle.
   *
   * @param running leased tasks
   * @param delayed tasks that wait for another try
   * @param ready tasks that wait for a worker, by tenant
   * @param paused why; absent unless paused
   * @param most tasks that may run at once; absent without a bound
   * @param brokenSince when its breaker opened; absent unless it is open
   * @param secondsPerTask seconds of a device that a task has lately taken, as the worker says that
   *     was heard last; absent until one has finished a task
   */
  record StageState(
      BundleId bundle,
      long running,
      long delayed,
      Map<String, Long> ready,
      @Nullable String paused,
      @Nullable Integer most,
      @Nullable Long brokenSince,
      @Nullable Double secondsPerTask) {
    public StageState {
      ready = Map.copyOf(ready);
    }
  }

  /**
   * A page of dead tasks; {@code next} is absent on the last page.
   *
   * @param total dead tasks on all pages
   */
  record DeadPage(List<DeadTask> tasks, @Nullable String next, long total) {
    public DeadPage {
      tasks = List.copyOf(tasks);
    }
  }

  /**
   * A task that will not be tried again.
   *
   * @param kind {@code task}, {@code permanent} or {@code stalled}
   * @param failures of the task itself
   * @param stalls workers lost at it
   * @param lost leases that never started
   */
  record DeadTask(
      TaskId id,
      String tenant,
      BundleId bundle,
      String kind,
      String reason,
      long at,
      int attempts,
      int failures,
      int stalls,
      int lost) {}

  /** What became of the wish to take up a dead task. */
  enum Redrive {
    OK,
    /** There is no such dead task. */
    NONE,
    /** Other tasks of its job still end; try later. */
    ENDING
  }

  /** A page of actions; {@code next} is absent on the last page. */
  record ActionPage(List<Action> actions, @Nullable String next) {
    public ActionPage {
      actions = List.copyOf(actions);
    }
  }

  /** What an operator did. */
  record Action(long at, String by, String action, String target, String detail) {}
}
