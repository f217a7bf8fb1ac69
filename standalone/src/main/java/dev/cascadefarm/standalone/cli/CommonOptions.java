package dev.cascadefarm.standalone.cli;

import dev.cascadefarm.standalone.config.ConfigInput;
import dev.cascadefarm.standalone.config.FarmConfig;
import dev.cascadefarm.standalone.config.FarmSettings;
import dev.cascadefarm.standalone.config.Setting;
import dev.cascadefarm.standalone.log.FarmLogging;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Options that every command has; filled by picocli. */
final class CommonOptions {
  @Option(
      names = "--config",
      paramLabel = "FILE",
      description = "configuration file (default: farm.yaml, if there is one)")
  private @Nullable Path config;

  @Option(
      names = "--catalogue",
      paramLabel = "DIR",
      description = "folder of cascades and bundles (default: the farm's own)")
  private @Nullable String catalogue;

  @Option(
      names = "--log-level",
      paramLabel = "LEVEL",
      description = "error, warn, info, debug or trace")
  private @Nullable String logLevel;

  @Option(names = "--log-file", paramLabel = "FILE", description = "write the log to a file too")
  private @Nullable String logFile;

  /** Values from flags, by setting; absent flags are left out. */
  static final class Flags {
    private final Map<String, String> values = new LinkedHashMap<>();

    Flags put(Setting<?> setting, @Nullable Object value) {
      if (value != null) {
        values.put(setting.key(), value.toString());
      }
      return this;
    }
  }

  /**
   * Reads the configuration and puts logging in force.
   *
   * @param defaultLevel for a process that was not told how much to say
   */
  FarmConfig load(Console console, Flags flags, String defaultLevel) {
    flags.put(FarmSettings.CATALOGUE, catalogue);
    flags.put(FarmSettings.LOG_LEVEL, logLevel);
    flags.put(FarmSettings.LOG_FILE, logFile);
    FarmConfig read =
        FarmConfig.load(
            new ConfigInput(config, console.directory(), console.environment(), flags.values));
    FarmLogging.level(read.find(FarmSettings.LOG_LEVEL).orElse(defaultLevel));
    read.find(FarmSettings.LOG_FILE).ifPresent(FarmLogging::file);
    return read;
  }
}
