package dev.cascadefarm.benchmark;

import java.time.Duration;
import java.util.stream.Stream;

/** Processor time, user and system, to a hundredth of a second. */
final class ProcessTime {
  private ProcessTime() {}

  /** Of one process. */
  static Duration of(ProcessHandle process) {
    return process.info().totalCpuDuration().orElseThrow();
  }

  /** Of a process and all that it has started and that still run. */
  static Duration ofFamily(ProcessHandle process) {
    return Stream.concat(Stream.of(process), process.descendants())
        .map(ProcessTime::of)
        .reduce(Duration.ZERO, Duration::plus);
  }

  static double seconds(Duration duration) {
    return duration.toNanos() / 1e9;
  }
}
