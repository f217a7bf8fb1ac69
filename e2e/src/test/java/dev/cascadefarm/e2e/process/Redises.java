package dev.cascadefarm.e2e.process;

import java.nio.file.Path;
import java.util.List;

/** The redis-servers that run from a folder. */
public final class Redises {
  private Redises() {}

  /** Every living process whose executable lies under {@code folder}. */
  public static List<ProcessHandle> of(Path folder) {
    String root = folder.toAbsolutePath().normalize() + "/";
    return ProcessHandle.allProcesses()
        .filter(process -> process.info().command().filter(c -> c.startsWith(root)).isPresent())
        .toList();
  }
}
