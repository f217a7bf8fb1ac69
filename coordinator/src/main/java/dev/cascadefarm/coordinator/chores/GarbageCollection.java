package dev.cascadefarm.coordinator.chores;

import dev.cascadefarm.common.queue.JobQueue;
import dev.cascadefarm.common.queue.JobRetention;
import dev.cascadefarm.common.queue.JobRetention.EndedJob;
import dev.cascadefarm.common.queue.JobSnapshot;
import dev.cascadefarm.common.store.ArtifactKeys;
import dev.cascadefarm.common.store.ArtifactNotFoundException;
import dev.cascadefarm.common.store.ArtifactStore;
import dev.cascadefarm.common.store.Manifest;
import dev.cascadefarm.common.store.PictureKeys;
import dev.cascadefarm.common.store.StoredObject;
import io.vertx.core.Future;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Removes what attempts of ended jobs left in the store without committing it. What a committed
 * manifest names stays, and so does the manifest, and what the client gave. Thread-safe.
 */
final class GarbageCollection {
  private static final Logger log = LoggerFactory.getLogger(GarbageCollection.class);
  private static final int JOBS_PER_ROUND = 50;
  private static final int OBJECTS_PER_JOB = 20_000;

  private final JobQueue queue;
  private final JobRetention retention;
  private final ArtifactStore store;
  private final Duration age;

  /**
   * A collection.
   *
   * @param age of the end of a job, before which nothing of it is touched
   */
  GarbageCollection(JobQueue queue, JobRetention retention, ArtifactStore store, Duration age) {
    this.queue = queue;
    this.retention = retention;
    this.store = store;
    this.age = age;
  }

  /** Collects the garbage of a bounded number of jobs; answers how many objects were removed. */
  Future<Integer> round() {
    return retention
        .uncollected(age, JOBS_PER_ROUND)
        .compose(this::collectAll)
        .onSuccess(GarbageCollection::say);
  }

  private Future<Integer> collectAll(List<EndedJob> jobs) {
    Future<Integer> removed = Future.succeededFuture(0);
    for (EndedJob job : jobs) {
      removed = removed.compose(before -> collect(job).map(more -> before + more));
    }
    return removed;
  }

  private Future<Integer> collect(EndedJob job) {
    return queue
        .job(job.tenant(), job.job())
        .compose(found -> found.isEmpty() ? Future.succeededFuture(0) : collect(job, found.get()))
        .compose(removed -> retention.collected(job.job()).map(removed));
  }

  private Future<Integer> collect(EndedJob job, JobSnapshot snapshot) {
    String prefix = ArtifactKeys.jobPrefix(job.tenant(), job.job());
    return committed(snapshot)
        .compose(
            kept -> store.list(prefix, OBJECTS_PER_JOB).compose(all -> remove(job, all, kept)));
  }

  private Future<Integer> remove(EndedJob job, List<StoredObject> all, Set<String> kept) {
    String given = PictureKeys.given(job.tenant(), job.job());
    List<String> garbage =
        all.stream()
            .map(StoredObject::key)
            .filter(key -> !kept.contains(key) && !key.startsWith(given))
            .toList();
    return garbage.isEmpty()
        ? Future.succeededFuture(0)
        : store.delete(garbage).map(garbage.size());
  }

  /** The keys that committed manifests name, and their own. */
  private Future<Set<String>> committed(JobSnapshot job) {
    Set<String> kept = new HashSet<>();
    Future<Void> read = Future.succeededFuture();
    for (JobSnapshot.Task task : job.tasks()) {
      Optional<String> manifest = Optional.ofNullable(task.manifest());
      if (manifest.isPresent()) {
        read = read.compose(v -> keep(job, manifest.get(), kept));
      }
    }
    return read.map(kept);
  }

  private Future<Void> keep(JobSnapshot job, String manifest, Set<String> kept) {
    kept.add(manifest);
    return store
        .get(manifest)
        .map(Manifest::parse)
        .onSuccess(read -> read.outputs().values().forEach(each -> kept.add(each.artifact().key())))
        .<Void>mapEmpty()
        .recover(cause -> lost(job, manifest, cause));
  }

  private static Future<Void> lost(JobSnapshot job, String manifest, Throwable cause) {
    if (!(cause instanceof ArtifactNotFoundException)) {
      return Future.failedFuture(cause);
    }
    log.error("committed manifest is not in the store: job={} key={}", job.id(), manifest);
    return Future.succeededFuture();
  }

  private static void say(int removed) {
    if (removed > 0) {
      log.info("uncommitted artifacts removed: {}", removed);
    }
  }
}
