package dev.cascadefarm.standalone.config;

import io.smallrye.config.ConfigValue;
import io.smallrye.config.SmallRyeConfig;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/**
 * A complete, checked configuration: every value in it is of its kind. Immutable and thread-safe.
 */
public final class FarmConfig {
  private final SmallRyeConfig config;
  private final Path home;
  private final Map<String, String> overrides;

  private FarmConfig(SmallRyeConfig config, Path home, Map<String, String> overrides) {
    this.config = config;
    this.home = home;
    this.overrides = Map.copyOf(overrides);
  }

  /**
   * Reads and checks a configuration.
   *
   * @throws InvalidConfigException if a key is unknown or a value is not of its kind
   */
  public static FarmConfig load(ConfigInput input) {
    SmallRyeConfig read = ConfigSources.read(input);
    String home = input.environment().getOrDefault(ConfigSources.HOME, ".");
    FarmConfig config = new FarmConfig(read, Path.of(home), Map.of());
    Settings.ALL.forEach(config::find);
    return config;
  }

  /** The same with other values, which a process has found out by itself. */
  public FarmConfig with(Map<Setting<?>, String> values) {
    Map<String, String> all = new HashMap<>(overrides);
    values.forEach((setting, value) -> all.put(setting.key(), value));
    return new FarmConfig(config, home, all);
  }

  /** The value, or empty if the setting has none. */
  public <T> Optional<T> find(Setting<T> setting) {
    String override = overrides.get(setting.key());
    if (override != null) {
      return Optional.of(parse(setting, override, "this process"));
    }
    ConfigValue value = config.getConfigValue(setting.key());
    if (value.getValue() != null && !value.getValue().isBlank()) {
      return Optional.of(parse(setting, value.getValue(), value.getConfigSourceName()));
    }
    return Optional.ofNullable(setting.fallback()).map(text -> parse(setting, text, "default"));
  }

  /**
   * The value of a setting that this process needs.
   *
   * @throws InvalidConfigException if it has none
   */
  public <T> T get(Setting<T> setting) {
    return find(setting)
        .orElseThrow(
            () ->
                new InvalidConfigException(
                    setting.key()
                        + ": not set (expected: "
                        + setting.kind().expected()
                        + ", as "
                        + setting.variable()
                        + " or in farm.yaml)"));
  }

  /** Whether somebody gave the setting a value. */
  public boolean given(Setting<?> setting) {
    String value = config.getConfigValue(setting.key()).getValue();
    return value != null && !value.isBlank();
  }

  /** Folder of the cascades and their bundles. */
  public Path catalogue() {
    return find(FarmSettings.CATALOGUE).orElseGet(() -> home.resolve("catalogue"));
  }

  private static <T> T parse(Setting<T> setting, String text, String source) {
    return setting
        .kind()
        .reader()
        .apply(text)
        .orElseThrow(
            () ->
                new InvalidConfigException(
                    setting.key()
                        + ": "
                        + (setting.secret() ? "(secret)" : text)
                        + " from "
                        + source
                        + " (expected: "
                        + setting.kind().expected()
                        + ")"));
  }
}
