package dev.cascadefarm.coordinator.metrics;

import dev.cascadefarm.common.cascade.BundleId;
import dev.cascadefarm.common.job.TaskId;
import dev.cascadefarm.common.queue.QueueControl;
import dev.cascadefarm.common.queue.TenantLimits;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.util.List;
import java.util.OptionalInt;

/** A queue whose state is said beforehand; nothing can be changed. */
final class ScriptedControl implements QueueControl {
  private Future<List<StageState>> stages = Promise.<List<StageState>>promise().future();
  private long dead;

  void answers(List<StageState> given, long deadTasks) {
    stages = Future.succeededFuture(given);
    dead = deadTasks;
  }

  void fails() {
    stages = Future.failedFuture(new IllegalStateException("no queue"));
  }

  void isSilent() {
    stages = Promise.<List<StageState>>promise().future();
  }

  @Override
  public Future<List<StageState>> stages() {
    return stages;
  }

  @Override
  public Future<DeadPage> dead(String cursor, int limit) {
    return Future.succeededFuture(new DeadPage(List.of(), null, dead));
  }

  @Override
  public Future<Incidents> incidents() {
    return Future.succeededFuture(new Incidents(1, 2, 3));
  }

  @Override
  public Future<Void> allow(String tenant, TenantLimits limits) {
    throw unexpected();
  }

  @Override
  public Future<List<TenantState>> tenants() {
    throw unexpected();
  }

  @Override
  public Future<Boolean> pause(Target target, String reason, String by) {
    throw unexpected();
  }

  @Override
  public Future<Boolean> resume(Target target, String by) {
    throw unexpected();
  }

  @Override
  public Future<Boolean> bound(BundleId bundle, OptionalInt most, String by) {
    throw unexpected();
  }

  @Override
  public Future<Redrive> redrive(TaskId task, String by) {
    throw unexpected();
  }

  @Override
  public Future<ActionPage> actions(String cursor, int limit) {
    throw unexpected();
  }

  private static AssertionError unexpected() {
    return new AssertionError("changed or asked (expected: only looked at)");
  }
}
