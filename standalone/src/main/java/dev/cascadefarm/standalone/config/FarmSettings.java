package dev.cascadefarm.standalone.config;

import java.nio.file.Path;
import java.util.List;

/** Settings of every command: where things are, what is logged. */
public final class FarmSettings {
  public static final Setting<Path> CATALOGUE =
      Setting.of(
          "catalogue",
          Kind.path(),
          null,
          "folder of the cascades and their bundles; by default `catalogue` beside the launcher");

  public static final Setting<Path> DATA =
      Setting.of(
          "data",
          Kind.path(),
          "farm-data",
          "folder in which `serve` and `services` keep everything");

  public static final Setting<String> SERVER =
      Setting.of(
          "server", Kind.text(), null, "coordinators that client commands talk to, `URL[,URL]`");

  public static final Setting<String> LOG_LEVEL =
      Setting.of(
          "log.level",
          Kind.oneOf("error", "warn", "info", "debug", "trace"),
          null,
          "how much the farm's own code says; by default `info` in servers, `warn` elsewhere");

  public static final Setting<Path> LOG_FILE =
      Setting.of("log.file", Kind.path(), null, "file that gets every log line as well");

  static final List<Setting<?>> ALL = List.of(CATALOGUE, DATA, SERVER, LOG_LEVEL, LOG_FILE);

  private FarmSettings() {}
}
