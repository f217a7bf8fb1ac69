package dev.cascadefarm.embedded;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.locks.LockSupport;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A redis-server of a folder whose starter is gone. It is known by its record (process id and start
 * instant, written right after the start) and by its executable, which lies in the folder; the
 * latter alone finds it too, if its starter was killed before it could write the record.
 */
final class RedisOrphan {

  private static final Logger LOG = LoggerFactory.getLogger(RedisOrphan.class);
  private static final String RECORD = "redis.pid";
  private static final Pattern RECORD_TEXT = Pattern.compile("([0-9]{1,18}) ([0-9]{1,18})\n");
  private static final long UNKNOWN_START = 0;

  /* Start instants are computed from the boot time, which clock adjustments can move. */
  private static final Duration START_TOLERANCE = Duration.ofSeconds(5);

  private static final Duration POLL_INTERVAL = Duration.ofMillis(10);

  private RedisOrphan() {}

  /** Writes down which process serves this folder. */
  static void record(Path directory, ProcessHandle server) throws IOException {
    long start = server.info().startInstant().map(Instant::toEpochMilli).orElse(UNKNOWN_START);
    Files.writeString(directory.resolve(RECORD), server.pid() + " " + start + "\n");
  }

  /** Ends every redis-server of this folder and waits for it, by force after the deadline. */
  static void stopAll(Path directory, Duration deadline) throws IOException {
    Path record = directory.resolve(RECORD);
    Path binary = RedisBinary.in(directory);
    recorded(binary, record).ifPresent(server -> stop(server, binary, deadline));
    strays(binary).forEach(server -> stop(server, binary, deadline));
    Files.deleteIfExists(record);
  }

  private static Optional<ProcessHandle> recorded(Path binary, Path record) throws IOException {
    Matcher text = RECORD_TEXT.matcher(readRecord(record));
    return text.matches()
        ? ProcessHandle.of(Long.parseLong(text.group(1)))
            .filter(process -> runs(process, binary))
            .filter(process -> startedAt(process, Long.parseLong(text.group(2))))
        : Optional.empty();
  }

  private static String readRecord(Path record) throws IOException {
    try {
      return Files.readString(record);
    } catch (NoSuchFileException none) {
      return "";
    }
  }

  private static List<ProcessHandle> strays(Path binary) {
    try (Stream<ProcessHandle> all = ProcessHandle.allProcesses()) {
      return all.filter(process -> runs(process, binary)).toList();
    }
  }

  private static boolean runs(ProcessHandle process, Path binary) {
    return process.info().command().filter(binary.toString()::equals).isPresent();
  }

  private static boolean startedAt(ProcessHandle process, long recordedMillis) {
    long millis = process.info().startInstant().map(Instant::toEpochMilli).orElse(UNKNOWN_START);
    return Math.abs(millis - recordedMillis) <= START_TOLERANCE.toMillis();
  }

  private static void stop(ProcessHandle server, Path binary, Duration deadline) {
    LOG.warn("stopping an orphaned redis-server pid={}", server.pid());
    server.destroy();
    if (!ends(server, binary, deadline)) {
      LOG.warn("the orphaned redis-server does not stop, killing it pid={}", server.pid());
      server.destroyForcibly();
      if (!ends(server, binary, deadline)) {
        throw new EmbeddedException(
            "orphaned redis-server pid %d: still alive (expected: ended within %s)"
                .formatted(server.pid(), deadline));
      }
    }
  }

  /*
   * A process that is not our child has no exit event, and the JDK's substitute polls every few
   * seconds. One that nobody reaps stays in the process table, but runs no executable any more.
   */
  private static boolean ends(ProcessHandle server, Path binary, Duration deadline) {
    long end = System.nanoTime() + deadline.toNanos();
    while (runs(server, binary)) {
      if (System.nanoTime() >= end) {
        return false;
      }
      LockSupport.parkNanos(POLL_INTERVAL.toNanos());
    }
    return true;
  }
}
