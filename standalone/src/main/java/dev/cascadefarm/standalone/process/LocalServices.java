package dev.cascadefarm.standalone.process;

import dev.cascadefarm.embedded.DataDirectory;
import dev.cascadefarm.embedded.EmbeddedRedis;
import dev.cascadefarm.embedded.EmbeddedRedisConfig;
import dev.cascadefarm.embedded.EmbeddedStore;
import dev.cascadefarm.embedded.EmbeddedStoreConfig;
import dev.cascadefarm.standalone.config.QueueSettings;
import dev.cascadefarm.standalone.config.Setting;
import dev.cascadefarm.standalone.config.StoreSettings;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * An embedded Redis and an embedded S3 store on one locked data directory, with fresh random
 * credentials.
 */
public final class LocalServices implements AutoCloseable {
  private final EmbeddedRedis redis;
  private final EmbeddedStore store;
  private final Teardown teardown;

  private LocalServices(EmbeddedRedis redis, EmbeddedStore store, Teardown teardown) {
    this.redis = redis;
    this.store = store;
    this.teardown = teardown;
  }

  /** Starts both on {@code data}; a port of 0 takes a free one. */
  public static LocalServices start(Path data, int redisPort, int storePort) {
    Teardown teardown = new Teardown();
    boolean started = false;
    try {
      DataDirectory directory = DataDirectory.open(data);
      teardown.push("data directory", directory::close);
      EmbeddedRedis redis =
          EmbeddedRedis.start(EmbeddedRedisConfig.durable(directory.redis()).withPort(redisPort));
      teardown.push("Redis", redis::close);
      EmbeddedStore store = EmbeddedStore.start(new EmbeddedStoreConfig(directory.s3(), storePort));
      teardown.push("store", store::close);
      started = true;
      return new LocalServices(redis, store, teardown);
    } finally {
      if (!started) {
        teardown.close();
      }
    }
  }

  /** What the farm's other processes have to know, in a fixed order. */
  public Map<Setting<?>, String> addresses() {
    Map<Setting<?>, String> settings = new LinkedHashMap<>();
    settings.put(QueueSettings.REDIS_URL, redis.url());
    settings.put(StoreSettings.ENDPOINT, store.endpoint());
    settings.put(StoreSettings.ACCESS_KEY, store.accessKey());
    settings.put(StoreSettings.SECRET_KEY, store.secretKey());
    return settings;
  }

  /** Stops both and gives the data directory free. Idempotent. */
  @Override
  public void close() {
    teardown.close();
  }
}
