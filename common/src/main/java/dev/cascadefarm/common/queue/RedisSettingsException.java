package dev.cascadefarm.common.queue;

/** A setting of Redis with which acknowledged jobs could be lost. */
public final class RedisSettingsException extends RuntimeException {
  private final String setting;

  RedisSettingsException(String setting, String value, String expected) {
    super("Redis: " + setting + ": " + value + " (expected: " + expected + ")");
    this.setting = setting;
  }

  /** The setting's name in {@code redis.conf}. */
  public String setting() {
    return setting;
  }
}
