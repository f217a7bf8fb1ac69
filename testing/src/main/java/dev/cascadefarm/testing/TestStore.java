package dev.cascadefarm.testing;

import dev.cascadefarm.embedded.EmbeddedStore;
import dev.cascadefarm.embedded.EmbeddedStoreConfig;
import java.nio.file.Path;

/**
 * The S3 store that all tests of a process share. A test takes a bucket name of its own; a test
 * that stops or restarts the store starts its own {@link EmbeddedStore} instead.
 */
public final class TestStore implements AutoCloseable {

  private final EmbeddedStore store;
  private final Path folder;

  private TestStore(EmbeddedStore store, Path folder) {
    this.store = store;
    this.folder = folder;
  }

  /** Starts a store in a temporary folder. */
  static TestStore start() {
    Path folder = TempFolder.create("farm-test-store");
    return new TestStore(EmbeddedStore.start(EmbeddedStoreConfig.in(folder)), folder);
  }

  /** Returns the address, as {@code http://127.0.0.1:PORT}. */
  public String endpoint() {
    return store.endpoint();
  }

  /** Returns the access key. */
  public String accessKey() {
    return store.accessKey();
  }

  /** Returns the secret key. */
  public String secretKey() {
    return store.secretKey();
  }

  /** Returns the folder that holds a folder per bucket, for tests that spoil files. */
  public Path folder() {
    return folder;
  }

  @Override
  public void close() {
    store.close();
    TempFolder.delete(folder);
  }
}
