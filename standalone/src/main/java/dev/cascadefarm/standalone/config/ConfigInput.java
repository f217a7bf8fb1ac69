package dev.cascadefarm.standalone.config;

import java.nio.file.Path;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Where a configuration is read from.
 *
 * @param file the file to read, which must exist; or {@code null} for {@code farm.yaml} in {@code
 *     directory} if there is one
 * @param directory the working directory
 * @param environment variables of the process
 * @param flags values from the command line, by key
 */
public record ConfigInput(
    @Nullable Path file,
    Path directory,
    Map<String, String> environment,
    Map<String, String> flags) {
  public ConfigInput {
    environment = Map.copyOf(environment);
    flags = Map.copyOf(flags);
  }
}
