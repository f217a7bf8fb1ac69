package dev.cascadefarm.e2e.chaos;

import dev.cascadefarm.e2e.chaos.judge.Violation;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Locale;

/** A table in Markdown with one line for each round, to which rounds of many runs are added. */
final class RunRecord {
  private static final List<String> HEAD =
      List.of(
          "| date | seed | kills | workers | at a named point | coordinators | Redis | store |"
              + " pauses | jobs | leases taken back | lost | unexpected | doubled | stale | gaps |"
              + " other | seconds |",
          "|---|---|---|---|---|---|---|---|---|---|---|---|---|---|---|---|---|---|");

  private final Path file;

  RunRecord(Path file) {
    this.file = file;
  }

  void add(Round round) throws IOException {
    if (Files.notExists(file)) {
      Files.write(file, HEAD);
    }
    Files.write(file, List.of(line(round)), StandardOpenOption.APPEND);
  }

  static String line(Round round) {
    return String.format(
        Locale.ROOT,
        "| %s | %d | %d | %d | %d | %d | %d | %d | %d | %d | %d | %d | %d | %d | %d | %d | %d | %d"
            + " |",
        LocalDate.now(ZoneOffset.UTC),
        round.seed(),
        round.kills(),
        round.times(Kind.WORKER) + round.missed(),
        round.atPoints(),
        round.times(Kind.COORDINATOR) + Fleet.COORDINATORS * round.times(Kind.COORDINATORS),
        round.times(Kind.REDIS),
        round.times(Kind.STORE),
        round.pauses(),
        round.verdict().jobs(),
        round.verdict().retried(),
        round.count(Violation.Kind.LOST),
        round.count(Violation.Kind.UNEXPECTED),
        round.count(Violation.Kind.DOUBLED),
        round.count(Violation.Kind.STALE),
        round.count(Violation.Kind.GAP),
        round.count(Violation.Kind.ORDER)
            + round.count(Violation.Kind.AUDIT)
            + round.count(Violation.Kind.OBJECT),
        round.time().toSeconds());
  }
}
