package dev.cascadefarm.e2e.chaos;

import static org.assertj.core.api.Assertions.assertThat;

import dev.cascadefarm.e2e.chaos.judge.Violation;
import dev.cascadefarm.testing.TempFolder;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * Rounds of a farm under a schedule, each with the next seed, until so many processes were killed.
 * Asked for by name, {@code mvn -P chaos}: it runs for as long as it is told.
 *
 * <p>{@code farm.chaos.kills} is how many (300), {@code farm.chaos.seed} the first seed (1), and
 * {@code farm.chaos.record} the file that gets one line for each round ({@code
 * target/chaos-runs.md}). The history of a round with a violation stays beside that file.
 */
@Tag("chaos")
class LongChaosTest {
  private static final int KILLS_OF_A_ROUND = 100;

  private final int wanted = Integer.getInteger("farm.chaos.kills", 300);
  private final long firstSeed = Long.getLong("farm.chaos.seed", 1);
  private final Path file =
      Path.of(System.getProperty("farm.chaos.record", "target/chaos-runs.md")).toAbsolutePath();

  @Test
  void rounds_untilEnoughAreKilled_nothingIsLostDoubledOrMissed() throws Exception {
    RunRecord table = new RunRecord(file);
    List<Violation> violations = new ArrayList<>();
    int killed = 0;
    for (long seed = firstSeed; killed < wanted; seed++) {
      int kills = Math.min(KILLS_OF_A_ROUND, wanted - killed);
      Round round = round(seed, kills);
      table.add(round);
      killed += round.kills();
      violations.addAll(round.verdict().violations());
      System.out.printf("%s · %d of %d kills%n", round.line(), killed, wanted);
      round.verdict().violations().forEach(System.out::println);
    }
    assertThat(violations).isEmpty();
  }

  private Round round(long seed, int kills) throws Exception {
    Path folder = TempFolder.create("farm-chaos-");
    try {
      Round round = Round.run(folder, Schedule.of(seed, kills, Fleet.LEASE));
      if (!round.verdict().violations().isEmpty()) {
        keep(folder, seed);
      }
      return round;
    } finally {
      TempFolder.delete(folder);
    }
  }

  private void keep(Path folder, long seed) throws IOException {
    Path kept = file.resolveSibling("chaos-" + seed + ".jsonl");
    Files.copy(folder.resolve("history.jsonl"), kept, StandardCopyOption.REPLACE_EXISTING);
  }
}
