package dev.cascadefarm.coordinator.chores;

import dev.cascadefarm.common.queue.JobRetention;
import dev.cascadefarm.common.queue.QueueControl;
import dev.cascadefarm.common.queue.QueueControl.TenantState;
import dev.cascadefarm.common.store.ArtifactKeys;
import dev.cascadefarm.common.store.ArtifactStore;
import dev.cascadefarm.common.store.StoredObject;
import io.vertx.core.Future;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Removes what is left of jobs that are too old or too many: their artifacts first, so that a crash
 * in between leaves a job that the next round finds. Thread-safe.
 */
final class Forgetting {
  private static final Logger log = LoggerFactory.getLogger(Forgetting.class);
  private static final int JOBS_PER_ROUND = 100;
  private static final int OBJECTS_PER_CALL = 1_000;

  private final QueueControl control;
  private final JobRetention retention;
  private final ArtifactStore store;
  private final JobRetention.Keep keep;

  Forgetting(
      QueueControl control, JobRetention retention, ArtifactStore store, JobRetention.Keep keep) {
    this.control = control;
    this.retention = retention;
    this.store = store;
    this.keep = keep;
  }

  /** Forgets a bounded number of jobs; answers how many. */
  Future<Integer> round() {
    return control.tenants().compose(this::eachTenant).onSuccess(Forgetting::say);
  }

  private Future<Integer> eachTenant(List<TenantState> tenants) {
    Future<Integer> forgotten = Future.succeededFuture(0);
    for (TenantState tenant : tenants) {
      forgotten = forgotten.compose(before -> ofTenant(tenant.name(), before));
    }
    return forgotten;
  }

  private Future<Integer> ofTenant(String tenant, int before) {
    int room = JOBS_PER_ROUND - before;
    return room == 0
        ? Future.succeededFuture(before)
        : retention
            .expired(tenant, keep, room)
            .compose(jobs -> forgetAll(tenant, jobs))
            .map(forgotten -> before + forgotten);
  }

  private Future<Integer> forgetAll(String tenant, List<String> jobs) {
    Future<Integer> forgotten = Future.succeededFuture(0);
    for (String job : jobs) {
      forgotten =
          forgotten.compose(before -> forget(tenant, job).map(done -> done ? before + 1 : before));
    }
    return forgotten;
  }

  private Future<Boolean> forget(String tenant, String job) {
    return deleteAll(ArtifactKeys.jobPrefix(tenant, job))
        .compose(v -> retention.forget(tenant, job));
  }

  private Future<Void> deleteAll(String prefix) {
    return store
        .list(prefix, OBJECTS_PER_CALL)
        .compose(
            objects ->
                objects.isEmpty()
                    ? Future.succeededFuture()
                    : store
                        .delete(objects.stream().map(StoredObject::key).toList())
                        .compose(v -> deleteAll(prefix)));
  }

  private static void say(int forgotten) {
    if (forgotten > 0) {
      log.info("old jobs forgotten: {}", forgotten);
    }
  }
}
