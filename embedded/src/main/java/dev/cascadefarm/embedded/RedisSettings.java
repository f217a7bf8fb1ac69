package dev.cascadefarm.embedded;

import dev.cascadefarm.embedded.EmbeddedRedisConfig.Persistence;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** The redis.conf of an embedded Redis; it holds the password, so only its owner may read it. */
final class RedisSettings {

  /** Bytes of a field that still lets a hash stay packed: tasks hold names of manifests. */
  private static final int LONGEST_PACKED = 512;

  private RedisSettings() {}

  /** Writes the settings into the folder and returns their path. */
  static Path write(Path directory, Persistence persistence, int port, String password)
      throws IOException {
    Path file = PrivateFile.create(directory.resolve("redis.conf"));
    Files.write(file, lines(directory, persistence, port, password));
    return file;
  }

  /** Returns the path of the server's log, which is rewritten at each start. */
  static Path log(Path directory) {
    return directory.resolve("redis.log");
  }

  private static List<String> lines(
      Path directory, Persistence persistence, int port, String password) {
    return List.of(
        "bind " + Loopback.HOST,
        "port " + port,
        "requirepass " + password,
        "dir " + quoted(directory),
        "daemonize no",
        "set-proc-title no",
        "maxmemory-policy noeviction",
        "hash-max-listpack-value " + LONGEST_PACKED,
        "save \"\"",
        "appendonly " + (persistence == Persistence.NONE ? "no" : "yes"),
        "appendfsync " + (persistence == Persistence.ALWAYS ? "always" : "no"));
  }

  /* A double-quoted word of redis.conf knows backslash escapes. */
  private static String quoted(Path path) {
    return '"' + path.toString().replace("\\", "\\\\").replace("\"", "\\\"") + '"';
  }
}
