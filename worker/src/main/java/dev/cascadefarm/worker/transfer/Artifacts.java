package dev.cascadefarm.worker.transfer;

import dev.cascadefarm.common.store.Artifact;
import dev.cascadefarm.common.store.ArtifactKeys;
import dev.cascadefarm.common.store.ArtifactStore;
import dev.cascadefarm.common.store.Manifest;
import dev.cascadefarm.common.store.StoreException;
import dev.cascadefarm.common.store.StoredObject;
import dev.cascadefarm.worker.metrics.WorkerMetrics;
import dev.cascadefarm.worker.retry.Retry;
import io.vertx.core.Future;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeoutException;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Artifacts by manifest: reads what a finished task left, each file checked against its SHA-256,
 * and stores what a task leaves. While the store does not answer it waits and tries again, until
 * patience ends. Every failure is a {@link TransferException}. Thread-safe.
 */
public final class Artifacts {
  private static final Logger log = LoggerFactory.getLogger(Artifacts.class);

  private final ArtifactStore store;
  private final ArtifactCache cache;
  private final Retry retry;
  private final WorkerMetrics metrics;

  /**
   * Artifacts of one store.
   *
   * @param cache what this process stored or fetched lately
   * @param retry how a store that does not answer is asked again
   */
  public Artifacts(ArtifactStore store, ArtifactCache cache, Retry retry, WorkerMetrics metrics) {
    this.store = store;
    this.cache = cache;
    this.retry = retry;
    this.metrics = metrics;
  }

  /** An object of the store. */
  @SuppressWarnings("ArrayRecordComponent") // handed over, never compared
  record StoredFile(String key, byte[] bytes) {}

  /** Reads one output that a manifest names. */
  Future<StoredFile> output(String manifest, String output, BooleanSupplier wanted) {
    return cachedOr(manifest, () -> store.get(manifest), wanted)
        .map(bytes -> Manifest.parse(bytes).output(output).artifact())
        .compose(artifact -> file(artifact, wanted))
        // Nothing vouches for a manifest's own bytes: what was read badly must be read again.
        .onFailure(error -> cache.remove(manifest))
        .recover(error -> failed(output + " of " + manifest, error));
  }

  /** Reads an object that belongs to no manifest and is known by its SHA-256. */
  Future<StoredFile> object(String key, String sha256, BooleanSupplier wanted) {
    return cachedOr(key, () -> store.getVerified(key, sha256), wanted)
        .map(bytes -> new StoredFile(key, bytes))
        .recover(error -> failed(key, error));
  }

  private Future<StoredFile> file(Artifact artifact, BooleanSupplier wanted) {
    return cachedOr(artifact.key(), () -> store.getVerified(artifact), wanted)
        .map(bytes -> new StoredFile(artifact.key(), bytes));
  }

  private Future<byte[]> cachedOr(
      String key, Supplier<Future<byte[]>> fetch, BooleanSupplier wanted) {
    byte[] known = cache.get(key);
    return known != null
        ? Future.succeededFuture(known)
        : patiently(fetch, wanted).onSuccess(bytes -> cache.put(key, bytes));
  }

  /**
   * Stores files and then the manifest that names them; done when the store has all of them whole.
   *
   * @return the manifest's key
   */
  Future<String> store(ArtifactKeys keys, List<Encoded> files, BooleanSupplier wanted) {
    List<Future<Artifact>> stored =
        files.stream()
            .map(file -> put(keys.key(file.file()), file.bytes(), file.contentType(), wanted))
            .toList();
    return Future.all(stored)
        .map(done -> stored.stream().map(Future::result).toList())
        .compose(artifacts -> seal(keys, manifest(files, artifacts), artifacts, wanted))
        .recover(error -> failed(keys.toString(), error));
  }

  // Nothing points to the manifest before the commit, so it may be written while files are checked.
  private Future<String> seal(
      ArtifactKeys keys, Manifest manifest, List<Artifact> artifacts, BooleanSupplier wanted) {
    String key = keys.key(Manifest.NAME);
    Future<Artifact> written = put(key, manifest.toBytes(), Manifest.CONTENT_TYPE, wanted);
    return Future.all(artifacts.stream().map(artifact -> check(artifact, wanted)).toList())
        .compose(done -> written)
        .map(key);
  }

  private Future<Artifact> put(
      String key, byte[] bytes, String contentType, BooleanSupplier wanted) {
    return patiently(() -> store.put(key, bytes, contentType), wanted)
        .onSuccess(artifact -> cache.put(key, bytes));
  }

  private Future<Void> check(Artifact artifact, BooleanSupplier wanted) {
    return patiently(() -> store.stat(artifact.key()), wanted)
        .compose(found -> sameSize(artifact, found));
  }

  private static Future<Void> sameSize(Artifact artifact, StoredObject found) {
    return found.size() == artifact.size()
        ? Future.succeededFuture()
        : Future.failedFuture(
            new TransferException(
                "%s: stored with %d bytes (expected: %d)"
                    .formatted(artifact.key(), found.size(), artifact.size())));
  }

  private static Manifest manifest(List<Encoded> files, List<Artifact> artifacts) {
    Map<String, Manifest.Output> outputs = new TreeMap<>();
    for (int i = 0; i < files.size(); i++) {
      outputs.put(files.get(i).output(), Manifest.Output.of(artifacts.get(i)));
    }
    return Manifest.of(outputs);
  }

  /** Reads an object that is known by its SHA-256 and read once; fails as the store does. */
  Future<byte[]> read(String key, String sha256, BooleanSupplier wanted) {
    return patiently(() -> store.getVerified(key, sha256), wanted);
  }

  /** Stores an object that is read seldom; tried once, fails as the store does. */
  Future<Artifact> write(String key, byte[] bytes) {
    return retry.run(() -> store.put(key, bytes, "application/octet-stream"), error -> false);
  }

  /** Deletes an object, if the store lets it; tried once. */
  void discard(String key) {
    retry
        .run(() -> store.delete(List.of(key)), error -> false)
        .onFailure(error -> log.warn("not deleted: {} cause={}", key, error.toString()));
  }

  private <T> Future<T> patiently(Supplier<Future<T>> call, BooleanSupplier wanted) {
    return retry.run(call, error -> wanted.getAsBoolean() && again(error));
  }

  private boolean again(Throwable error) {
    metrics.count("store.failed");
    log.warn("store call failed: {}", error.toString());
    return mayPass(error);
  }

  private static boolean mayPass(Throwable error) {
    return error instanceof TimeoutException
        || (error instanceof StoreException store && store.retryable());
  }

  private static <T> Future<T> failed(String what, Throwable error) {
    return Future.failedFuture(
        error instanceof TransferException
            ? error
            : new TransferException(what + ": " + error.getMessage(), error));
  }
}
