package dev.cascadefarm.common.store;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.util.Collection;
import java.util.List;

/**
 * The bucket in which stages leave what the next ones need. Every operation ends within the
 * configured deadline and fails with a {@link StoreException}: {@link ArtifactNotFoundException},
 * {@link ArtifactCorruptException}, {@link ArtifactTooLargeException}, or {@link
 * StoreUnavailableException}, which is worth another try later. Futures complete on the caller's
 * context. All operations may be repeated. Thread-safe; whoever starts a store closes it.
 */
public interface ArtifactStore {
  /** Creates a store that is not started. */
  static ArtifactStore create(Vertx vertx, StoreConfig config) {
    return new MinioStore(vertx, config);
  }

  /** Makes sure that the store answers and that the bucket is there. */
  Future<Void> start();

  /** Writes an object whole; nobody sees a part of it. */
  Future<Artifact> put(String key, byte[] bytes, String contentType);

  /** Reads an object of at most the configured size. */
  Future<byte[]> get(String key);

  /** Reads an object and checks that it is what the artifact says, byte for byte. */
  Future<byte[]> getVerified(Artifact artifact);

  /**
   * Reads an object of which no more than its digest is known, and checks that.
   *
   * @param sha256 64 lower-case hexadecimal digits
   */
  Future<byte[]> getVerified(String key, String sha256);

  /** Looks at an object without reading it. */
  Future<StoredObject> stat(String key);

  /**
   * Lists the objects whose keys begin with the prefix, in the order of their keys.
   *
   * @param limit the longest answer wanted; the rest is left out
   */
  Future<List<StoredObject>> list(String prefix, int limit);

  /** Deletes objects; those that are not there count as deleted. */
  Future<Void> delete(Collection<String> keys);

  /** Asks the store about the bucket: a real round trip. */
  Future<Void> ready();

  /** Ends all work; closing twice is harmless. */
  Future<Void> close();
}
