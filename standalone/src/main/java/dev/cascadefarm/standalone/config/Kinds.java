package dev.cascadefarm.standalone.config;

import java.time.Duration;
import java.util.List;

/** The kinds that several settings share. */
final class Kinds {
  static final Kind<Integer> PORT = Kind.integer(0, 65_535);
  static final Kind<Integer> COUNT = Kind.integer(1, 100_000_000);
  private static final Duration MILLISECOND = Duration.ofMillis(1);
  static final Kind<Duration> SHORT = Kind.duration(MILLISECOND, Duration.ofHours(1));
  static final Kind<Duration> SHORT0 = Kind.duration(Duration.ZERO, Duration.ofHours(1));
  static final Kind<Duration> LONG = Kind.duration(MILLISECOND, Duration.ofDays(365));
  static final Kind<Duration> LONG0 = Kind.duration(Duration.ZERO, Duration.ofDays(365));
  static final Kind<String> HOST =
      Kind.matching("host", "a host name or address", "[A-Za-z0-9._:\\[\\]-]{1,255}");
  static final Kind<List<String>> ORIGINS =
      Kind.list(
          "list",
          "origins as http://HOST or https://HOST, with commas between",
          "https?://[^/,\\s]{1,255}");
  static final Kind<List<String>> MEMBERS =
      Kind.list("list", "HOST or HOST:PORT, with commas between", "[A-Za-z0-9._:\\[\\]-]{1,255}");
  static final Kind<String> BUCKET =
      Kind.matching("bucket", "3 to 63 of a-z, 0-9, . and -", "[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]");
  static final Kind<String> STAGE =
      Kind.matching("stage", "CASCADE/STAGE", "[a-z0-9-]{1,64}/[a-z0-9-]{1,32}");

  private Kinds() {}
}
