package dev.cascadefarm.common.queue;

import static org.assertj.core.api.Assertions.assertThat;

import dev.cascadefarm.common.bus.FarmBus;
import dev.cascadefarm.common.cascade.BundleId;
import dev.cascadefarm.common.queue.TaskQueue.LeasedTask;
import dev.cascadefarm.embedded.EmbeddedRedis;
import dev.cascadefarm.embedded.EmbeddedRedisConfig;
import io.vertx.core.Vertx;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The append-only log of Redis broken off at any byte, as a disk leaves it that had not written
 * everything: whatever is left holds no half of a transition.
 */
@Tag("integration")
class TornLogTest {
  private static final long SEED = 20_261_130;
  private static final int JOBS = 12;
  private static final int CUTS = 40;
  private static final int TAIL_BYTES = 4_096;
  private static final Duration PATIENCE = Duration.ofSeconds(20);
  private static final Path LOG = Path.of("appendonlydir", "appendonly.aof.1.incr.aof");

  private final Vertx vertx = Vertx.vertx();
  private final Random random = new Random(SEED);
  private Path written;
  private Path folder;

  @BeforeEach
  void write(@TempDir Path root) throws IOException {
    folder = root;
    written = root.resolve("written");
    try (EmbeddedRedis redis = EmbeddedRedis.start(EmbeddedRedisConfig.durable(written))) {
      work(redis.url());
      ProcessHandle.of(redis.pid()).orElseThrow().destroyForcibly();
    }
  }

  @AfterEach
  void close() {
    QueueFixture.await(vertx.close());
  }

  private void work(String url) {
    QueueConfig config = QueueConfig.of(url).withCommandDeadline(PATIENCE);
    RedisQueue queue = new RedisQueue(vertx, config, new FarmBus(vertx.eventBus()));
    QueueFixture.await(queue.start());
    for (int i = 0; i < JOBS; i++) {
      QueueFixture.await(queue.jobs().submit(QueueFixture.submission("j" + i, 2)));
      for (BundleId bundle : List.of(QueueFixture.TEXT, QueueFixture.BASE, QueueFixture.SR)) {
        treat(queue, bundle, "r" + i + bundle);
      }
    }
    QueueFixture.await(queue.close());
  }

  private void treat(RedisQueue queue, BundleId bundle, String request) {
    List<LeasedTask> tasks =
        QueueFixture.await(
                queue
                    .tasks()
                    .claim(
                        new TaskQueue.Claim("w", request, bundle, QueueFixture.digest(bundle), 2)))
            .tasks();
    tasks.stream()
        .filter(task -> random.nextInt(4) > 0)
        .forEach(task -> QueueFixture.await(queue.tasks().complete(QueueFixture.completion(task))));
  }

  /** How many jobs there are on a Redis with the first bytes of the log; all invariants hold. */
  private long jobsAfter(int length) throws IOException {
    Path torn = folder.resolve("torn-" + length);
    Files.createDirectories(torn.resolve(LOG).getParent());
    try (Stream<Path> files = Files.list(written.resolve(LOG).getParent())) {
      for (Path file : files.toList()) {
        Files.copy(file, torn.resolve(LOG).resolveSibling(file.getFileName()));
      }
    }
    byte[] log = Files.readAllBytes(written.resolve(LOG));
    Files.write(torn.resolve(LOG), Arrays.copyOf(log, length));
    try (EmbeddedRedis redis = EmbeddedRedis.start(EmbeddedRedisConfig.durable(torn))) {
      RawRedis raw = new RawRedis(vertx, redis.url());
      try {
        Invariants.check(raw);
        return raw.keys().stream().filter(key -> key.startsWith("job:")).count();
      } finally {
        raw.close();
      }
    }
  }

  @Test
  void log_brokenOffNearItsEnd_holdsNoHalfTransition() throws IOException {
    int length = (int) Files.size(written.resolve(LOG));
    assertThat(length).isGreaterThan(2 * TAIL_BYTES);
    for (int i = 0; i < CUTS; i++) {
      int cut = length - 1 - random.nextInt(TAIL_BYTES);
      assertThat(jobsAfter(cut)).as("jobs, %d bytes of %d", cut, length).isPositive();
    }
  }

  /** The other side: a disk that loses what it acknowledged loses jobs, and the count shows it. */
  @Test
  void log_wholeOrHalf_allJobsOrFewer() throws IOException {
    int length = (int) Files.size(written.resolve(LOG));
    assertThat(jobsAfter(length)).isEqualTo(JOBS);
    assertThat(jobsAfter(length / 2)).isBetween(1L, JOBS - 1L);
  }
}
