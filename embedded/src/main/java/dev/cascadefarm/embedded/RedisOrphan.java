package dev.cascadefarm.embedded;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
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

  private RedisOrphan() {}

  /** Writes down which process serves this folder. */
  static void record(Path directory, ProcessHandle server) throws IOException {
    long start = server.info().startInstant().map(Instant::toEpochMilli).orElse(UNKNOWN_START);
    Files.writeString(directory.resolve(RECORD), server.pid() + " " + start + "\n");
  }

  /** Ends every redis-server of this folder and waits for it, by force after the deadline. */
  static void stopAll(Path directory, Duration deadline) throws IOException {
    Path record = directory.resolve(RECORD);
    Optional<ProcessHandle> recorded = recorded(directory, record);
    recorded.ifPresent(server -> stop(server, deadline));
    strays(RedisBinary.in(directory)).forEach(server -> stop(server, deadline));
    Files.deleteIfExists(record);
  }

  private static Optional<ProcessHandle> recorded(Path directory, Path record) throws IOException {
    Matcher text = RECORD_TEXT.matcher(readRecord(record));
    return text.matches()
        ? ProcessHandle.of(Long.parseLong(text.group(1)))
            .filter(process -> runs(process, RedisBinary.in(directory)))
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

  private static void stop(ProcessHandle server, Duration deadline) {
    LOG.warn("stopping an orphaned redis-server pid={}", server.pid());
    server.destroy();
    if (!ended(server, deadline)) {
      LOG.warn("the orphaned redis-server does not stop, killing it pid={}", server.pid());
      server.destroyForcibly();
      if (!ended(server, deadline)) {
        throw new EmbeddedException(
            "orphaned redis-server pid %d: still alive (expected: ended within %s)"
                .formatted(server.pid(), deadline));
      }
    }
  }

  private static boolean ended(ProcessHandle server, Duration deadline) {
    try {
      server.onExit().get(deadline.toMillis(), TimeUnit.MILLISECONDS);
      return true;
    } catch (TimeoutException late) {
      return false;
    } catch (ExecutionException e) {
      throw new EmbeddedException(
          "orphaned redis-server pid %d: cannot wait for it".formatted(server.pid()), e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new EmbeddedException(
          "orphaned redis-server pid %d: interrupted".formatted(server.pid()), e);
    }
  }
}
