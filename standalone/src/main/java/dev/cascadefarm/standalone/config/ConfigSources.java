package dev.cascadefarm.standalone.config;

import io.smallrye.config.SmallRyeConfig;
import io.smallrye.config.SmallRyeConfigBuilder;
import io.smallrye.config.common.MapBackedConfigSource;
import io.smallrye.config.source.yaml.YamlConfigSource;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import org.eclipse.microprofile.config.spi.ConfigSource;

/** Reads the three sources and refuses what is in none of the {@link Settings}. */
final class ConfigSources {
  /** Set by the launcher: the root of the distribution. */
  static final String HOME = "FARM_HOME";

  /** Set by people for the launcher: more arguments for the virtual machine. */
  static final String JAVA_OPTIONS = "FARM_JAVA_OPTS";

  private static final Set<String> LAUNCHER = Set.of(HOME, JAVA_OPTIONS);
  private static final String FILE = "farm.yaml";
  private static final int FILE_ORDINAL = 100;
  private static final int ENVIRONMENT_ORDINAL = 300;
  private static final int FLAGS_ORDINAL = 400;

  private ConfigSources() {}

  static SmallRyeConfig read(ConfigInput input) {
    SmallRyeConfigBuilder builder = new SmallRyeConfigBuilder();
    locate(input).ifPresent(file -> builder.withSources(file(file)));
    builder.withSources(
        new NamedSource(environment(input.environment()), "the environment", ENVIRONMENT_ORDINAL),
        new NamedSource(input.flags(), "the command line", FLAGS_ORDINAL));
    return builder.build();
  }

  private static Optional<Path> locate(ConfigInput input) {
    if (input.file() != null) {
      if (!Files.isRegularFile(input.file())) {
        throw new InvalidConfigException(
            "--config: " + input.file() + " (expected: a file that exists)");
      }
      return Optional.of(input.file());
    }
    return Optional.of(input.directory().resolve(FILE)).filter(Files::isRegularFile);
  }

  private static ConfigSource file(Path file) {
    YamlConfigSource source = parse(file);
    Map<String, String> known = new HashMap<>();
    new TreeMap<>(source.getProperties()).forEach((key, value) -> keep(file, key, value, known));
    return new NamedSource(known, file.toString(), FILE_ORDINAL);
  }

  private static YamlConfigSource parse(Path file) {
    try {
      return new YamlConfigSource(file.toString(), Files.readString(file), FILE_ORDINAL);
    } catch (IOException e) {
      throw new InvalidConfigException(file + ": cannot be read (" + e.getMessage() + ")", e);
    } catch (RuntimeException e) {
      // The parser's own exception types belong to a library of the library.
      throw new InvalidConfigException(
          file + ": " + firstLine(e) + " (expected: YAML with one value per key)", e);
    }
  }

  private static void keep(Path file, String name, String value, Map<String, String> known) {
    // A key that was written with its dots comes in quotes.
    String key = name.replace("\"", "");
    // A YAML list arrives twice: as one text with commas, and element by element.
    if (key.matches(".*\\[\\d+]")) {
      return;
    }
    if (Settings.byKey(key).isEmpty()) {
      throw new InvalidConfigException(
          file + ": " + key + ": " + value + " (expected: a known key" + hint(key) + ")");
    }
    known.put(key, value);
  }

  private static Map<String, String> environment(Map<String, String> variables) {
    Map<String, String> known = new HashMap<>();
    new TreeMap<>(variables)
        .forEach(
            (name, value) -> {
              if (name.startsWith(Setting.PREFIX) && !LAUNCHER.contains(name)) {
                known.put(known(name, value).key(), value);
              }
            });
    return known;
  }

  private static Setting<?> known(String variable, String value) {
    return Settings.byVariable(variable)
        .orElseThrow(
            () ->
                new InvalidConfigException(
                    "environment: "
                        + variable
                        + ": "
                        + shorten(value)
                        + " (expected: a known variable"
                        + hint(variable)
                        + ")"));
  }

  private static String hint(String name) {
    return Settings.closest(name).map(like -> ", perhaps " + like).orElse("");
  }

  /** A mistyped variable may hold a secret: only its first characters are shown. */
  private static String shorten(String value) {
    return value.length() <= 4 ? value : value.substring(0, 4) + "…";
  }

  private static String firstLine(Exception e) {
    String message = String.valueOf(e.getMessage());
    return message.lines().findFirst().orElse(message);
  }

  /** Values under a name that people understand in a message. */
  private static final class NamedSource extends MapBackedConfigSource {
    NamedSource(Map<String, String> values, String name, int ordinal) {
      super(name, values, ordinal);
    }
  }
}
