package dev.cascadefarm.embedded;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import redis.embedded.RedisExecProvider;

/**
 * The redis-server executable, unpacked once into the folder of the Redis that runs it. Its path is
 * thus the mark by which a process of this folder is recognised.
 */
final class RedisBinary {

  private RedisBinary() {}

  /** Returns where the executable of this folder lies, whether unpacked or not. */
  static Path in(Path directory) {
    return directory.resolve("redis-server-" + RedisExecProvider.redisVersion);
  }

  /** Unpacks the executable into the folder if it is not there, and returns its path. */
  static Path unpack(Path directory) throws IOException {
    Path binary = in(directory);
    if (!Files.isExecutable(binary)) {
      Path unpacked = extract();
      Path partial = directory.resolve("redis-server.partial");
      Files.move(unpacked, partial, StandardCopyOption.REPLACE_EXISTING);
      Files.deleteIfExists(unpacked.toAbsolutePath().getParent());
      Files.move(partial, binary, StandardCopyOption.ATOMIC_MOVE);
    }
    return binary;
  }

  private static Path extract() throws IOException {
    File unpacked = RedisExecProvider.defaultProvider().get();
    if (!unpacked.setExecutable(true, true)) {
      throw new IOException("cannot make %s executable".formatted(unpacked));
    }
    return unpacked.toPath();
  }
}
