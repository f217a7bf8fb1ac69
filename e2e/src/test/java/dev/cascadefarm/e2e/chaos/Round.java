package dev.cascadefarm.e2e.chaos;

import com.fasterxml.jackson.databind.JsonNode;
import dev.cascadefarm.e2e.chaos.judge.Checker;
import dev.cascadefarm.e2e.chaos.judge.Verdict;
import dev.cascadefarm.e2e.chaos.judge.Violation;
import dev.cascadefarm.e2e.client.PlainClient;
import dev.cascadefarm.e2e.process.Eventually;
import dev.cascadefarm.e2e.process.FarmHost;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.Locale;
import java.util.Map;

/**
 * One farm from its first process to its verdict.
 *
 * @param struck how often each kind of fault struck
 * @param kills processes killed
 * @param reached how often a worker was killed at each named point; it may not come there in time
 * @param exits processes that ended though nobody asked them to
 */
record Round(
    long seed,
    Verdict verdict,
    Map<Kind, Integer> struck,
    int kills,
    Map<Kind, Integer> reached,
    int exits,
    Duration time) {
  private static final int CLIENTS = 6;
  private static final Duration DRAIN = Duration.ofMinutes(10);

  /** Carries a schedule out in an empty folder; leaves {@code history.jsonl} there. */
  static Round run(Path folder, Schedule schedule) throws Exception {
    long start = System.nanoTime();
    try (FarmHost host = FarmHost.on(folder);
        Fleet fleet = Fleet.start(host, schedule.seed());
        History history = History.create(folder.resolve("history.jsonl"))) {
      history.add(History.line("run").put("seed", schedule.seed()));
      Saboteur saboteur = new Saboteur(fleet, history);
      saboteur.awaitUp();
      suffer(fleet, saboteur, schedule, history);
      new FinalState(fleet.client(), history).write(fleet.objects(), fleet.logs());
      return new Round(
          schedule.seed(),
          Checker.judge(history.file()),
          saboteur.struck(),
          saboteur.kills(),
          saboteur.reached(),
          saboteur.exits(),
          Duration.ofNanos(System.nanoTime() - start));
    }
  }

  private static void suffer(Fleet fleet, Saboteur saboteur, Schedule schedule, History history)
      throws Exception {
    Submitter submitter = new Submitter(fleet.addresses(), fleet.token(), history);
    PlainClient client = fleet.client();
    try (Load load = new Load(submitter, client, history)) {
      load.start(CLIENTS, schedule.seed());
      saboteur.carryOut(schedule);
      load.finish();
    }
    // Jobs whose clients gave up end as well; if not, the judge says which.
    long end = System.nanoTime() + DRAIN.toNanos();
    Eventually.holds(
        "the end of all jobs",
        DRAIN.plus(DRAIN),
        () ->
            System.nanoTime() - end >= 0 || FinalState.jobs(client).stream().allMatch(Round::ended),
        fleet::describe);
  }

  private static boolean ended(JsonNode job) {
    return job.hasNonNull("finished_at");
  }

  /** Violations of one kind. */
  long count(Violation.Kind kind) {
    return verdict.count(kind);
  }

  /** How often a kind of fault struck. */
  int times(Kind kind) {
    return struck.getOrDefault(kind, 0);
  }

  /** Workers killed at the point where they were meant to be. */
  int atPoints() {
    return reached.values().stream().mapToInt(Integer::intValue).sum();
  }

  /** Workers killed where they were, for they did not come to their point in time. */
  int missed() {
    return Arrays.stream(Kind.points()).mapToInt(this::times).sum() - atPoints();
  }

  /** Processes that stood still for a while. */
  int pauses() {
    return times(Kind.WORKER_PAUSE)
        + times(Kind.WORKER_LONG_PAUSE)
        + times(Kind.REDIS_PAUSE)
        + times(Kind.REDIS_LONG_PAUSE);
  }

  /** The round in one line. */
  String line() {
    return String.format(
        Locale.ROOT,
        "chaos · seed %d · %d kills %s · at points %s · %d unasked exits · %d jobs, %d leases"
            + " taken back, %d surfaced · %d violations · %.0f s",
        seed,
        kills,
        struck,
        reached,
        exits,
        verdict.jobs(),
        verdict.retried(),
        verdict.unknown(),
        verdict.violations().size(),
        time.toMillis() / 1e3);
  }
}
