package dev.cascadefarm.standalone.cli;

import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Which part of a list a command shows; filled by picocli. */
final class PageOptions {
  private static final int USUAL = 20;

  @Option(names = "--limit", paramLabel = "N", description = "at most this many (default: 20)")
  private @Nullable Integer limit;

  @Option(names = "--cursor", paramLabel = "CURSOR", description = "go on after a page")
  private @Nullable String cursor;

  int limit() {
    return limit == null ? USUAL : limit;
  }

  /** Empty for the start. */
  String cursor() {
    return cursor == null ? "" : cursor;
  }
}
