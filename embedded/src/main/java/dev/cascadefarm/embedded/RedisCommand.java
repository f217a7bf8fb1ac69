package dev.cascadefarm.embedded;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** The command line of an embedded redis-server. */
final class RedisCommand {

  private static final Path SETSID = Path.of("/usr/bin/setsid");

  private RedisCommand() {}

  /**
   * Returns the command line. Where the system has setsid, the server gets a session of its own: an
   * interrupt typed at a terminal then stops only the farm, which can still put its work back into
   * the queue and stops the server last. setsid keeps the process id.
   */
  static List<String> of(Path binary, Path settings) {
    List<String> server = List.of(binary.toString(), settings.toString());
    return Files.isExecutable(SETSID)
        ? List.of(SETSID.toString(), server.get(0), server.get(1))
        : server;
  }
}
