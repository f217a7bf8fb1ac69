package dev.cascadefarm.testing;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@Tag("integration")
@ExtendWith({RedisExtension.class, StoreExtension.class})
class ExtensionsTest {

  private final TestRedis injected;

  ExtensionsTest(TestRedis redis) {
    this.injected = redis;
  }

  @Test
  void parameter_redis_isSharedAndServes(TestRedis redis) {
    redis.flush();

    assertThat(redis).isSameAs(injected);
    assertThat(redis.url()).endsWith(":" + redis.server().port());
  }

  @Test
  void parameter_store_isStarted(TestStore store) {
    assertThat(store.endpoint()).startsWith("http://127.0.0.1:");
    assertThat(Files.isDirectory(store.folder())).isTrue();
  }
}
