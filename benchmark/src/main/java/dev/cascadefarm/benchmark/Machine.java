package dev.cascadefarm.benchmark;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Objects;

/** What a measurement's reader must know of the machine. */
final class Machine {
  private Machine() {}

  /** Cores, and how busy they are before the measurement has begun. */
  static String line() {
    var system = ManagementFactory.getOperatingSystemMXBean();
    return String.format(
        Locale.ROOT,
        "%s, %d cores, load %.1f before; OMP_NUM_THREADS %s, OMP_WAIT_POLICY %s, GOMP_SPINCOUNT %s",
        system.getArch(),
        system.getAvailableProcessors(),
        system.getSystemLoadAverage(),
        environment("OMP_NUM_THREADS"),
        environment("OMP_WAIT_POLICY"),
        environment("GOMP_SPINCOUNT"));
  }

  private static String environment(String name) {
    return Objects.requireNonNullElse(System.getenv(name), "not set");
  }

  /** Memory that this process holds; Linux only. */
  static long residentKiB() throws IOException {
    return statusKiB("VmRSS:");
  }

  /** The same without the pages of mapped files; Linux only. */
  static long ownKiB() throws IOException {
    return statusKiB("RssAnon:");
  }

  private static long statusKiB(String name) throws IOException {
    return Files.readAllLines(Path.of("/proc/self/status")).stream()
        .filter(line -> line.startsWith(name))
        .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")))
        .findFirst()
        .orElseThrow();
  }
}
