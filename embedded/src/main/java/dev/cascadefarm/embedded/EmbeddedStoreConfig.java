package dev.cascadefarm.embedded;

import java.nio.file.Path;

/**
 * How one embedded S3 store runs.
 *
 * @param directory its folder, created if missing; holds a folder per bucket
 * @param port the port on 127.0.0.1, or 0 for any free one
 */
public record EmbeddedStoreConfig(Path directory, int port) {

  /** Checks the port. */
  public EmbeddedStoreConfig {
    Loopback.requirePort(port);
  }

  /** Returns the usual setting: any free port. */
  public static EmbeddedStoreConfig in(Path directory) {
    return new EmbeddedStoreConfig(directory, 0);
  }
}
