package dev.cascadefarm.standalone.config;

import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * One setting of the farm.
 *
 * @param key dotted name in {@code farm.yaml}, for example {@code s3.access-key}
 * @param fallback text of the default, or {@code null} if there is none
 * @param secret whether its value never appears in a message
 * @param meaning one line for the reference
 */
public record Setting<T>(
    String key, Kind<T> kind, @Nullable String fallback, boolean secret, String meaning) {
  /** Prefix of every environment variable of the farm. */
  static final String PREFIX = "FARM_";

  static <T> Setting<T> of(String key, Kind<T> kind, @Nullable String fallback, String meaning) {
    return new Setting<>(key, kind, fallback, false, meaning);
  }

  static Setting<String> secret(String key, String meaning) {
    return new Setting<>(key, Kind.text(), null, true, meaning);
  }

  /** The environment variable of the setting, for example {@code FARM_S3_ACCESS_KEY}. */
  public String variable() {
    return PREFIX + key.toUpperCase(Locale.ROOT).replace('.', '_').replace('-', '_');
  }
}
