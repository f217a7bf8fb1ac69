package dev.cascadefarm.common.queue;

import dev.cascadefarm.testing.RedisExtension;
import dev.cascadefarm.testing.TestRedis;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.extension.ExtendWith;

/** Tests of the queue on the shared Redis, each with a fixture of its own. */
@Tag("integration")
@ExtendWith(RedisExtension.class)
abstract class QueueOnRedis {
  QueueFixture farm;

  /** What a test wants otherwise. */
  QueueConfig configured(QueueConfig usual) {
    return usual;
  }

  @BeforeEach
  void open(TestRedis redis) {
    farm = QueueFixture.on(redis, this::configured);
  }

  @AfterEach
  void close() {
    farm.close();
  }
}
