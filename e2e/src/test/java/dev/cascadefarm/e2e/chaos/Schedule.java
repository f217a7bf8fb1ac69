package dev.cascadefarm.e2e.chaos;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Random;

/**
 * Faults in the order in which they happen, a function of a seed and the number of kills alone.
 * Every kind comes once, in any order, before chance alone decides.
 *
 * @param lease of the farm that it is for; pauses are shorter or longer than that
 */
record Schedule(long seed, Duration lease, List<Fault> faults) {
  private static final int VICTIMS = 1 << 16;
  private static final int LEAST_GAP_MILLIS = 50;
  private static final int MOST_GAP_MILLIS = 1_000;
  private static final int LEAST_REDIS_MILLIS = 200;
  private static final int MOST_REDIS_MILLIS = 1_500;
  private static final int LONG_REDIS_MILLIS = 10_000;
  private static final double LONG_REDIS_SHARE = 0.1;

  Schedule {
    faults = List.copyOf(faults);
  }

  /** The schedule of a seed that kills at least that many processes. */
  static Schedule of(long seed, int kills, Duration lease) {
    Random random = new Random(seed);
    List<Kind> first = new ArrayList<>(Arrays.asList(Kind.values()));
    Collections.shuffle(first, random);
    List<Fault> faults = new ArrayList<>();
    int killed = 0;
    for (int i = 0; killed < kills || i < first.size(); i++) {
      Kind kind = i < first.size() ? first.get(i) : draw(random);
      faults.add(fault(kind, lease, random));
      killed += kind.kills();
    }
    return new Schedule(seed, lease, faults);
  }

  /** How many processes it kills. */
  int kills() {
    return faults.stream().mapToInt(fault -> fault.kind().kills()).sum();
  }

  private static Kind draw(Random random) {
    int all = Arrays.stream(Kind.values()).mapToInt(Kind::weight).sum();
    int at = random.nextInt(all);
    for (Kind kind : Kind.values()) {
      at -= kind.weight();
      if (at < 0) {
        return kind;
      }
    }
    throw new IllegalStateException("draw: none of " + all);
  }

  private static Fault fault(Kind kind, Duration lease, Random random) {
    Duration after = millis(random, LEAST_GAP_MILLIS, MOST_GAP_MILLIS);
    return new Fault(kind, after, random.nextInt(VICTIMS), length(kind, lease, random));
  }

  private static Duration length(Kind kind, Duration lease, Random random) {
    int whole = (int) lease.toMillis();
    return switch (kind) {
      case REDIS -> outage(random);
      case WORKER_PAUSE, REDIS_PAUSE -> millis(random, whole / 4, whole * 3 / 4);
      case WORKER_LONG_PAUSE, REDIS_LONG_PAUSE -> millis(random, whole * 3 / 2, whole * 5 / 2);
      default -> millis(random, 0, MOST_GAP_MILLIS);
    };
  }

  private static Duration outage(Random random) {
    return random.nextDouble() < LONG_REDIS_SHARE
        ? millis(random, MOST_REDIS_MILLIS, LONG_REDIS_MILLIS)
        : millis(random, LEAST_REDIS_MILLIS, MOST_REDIS_MILLIS);
  }

  private static Duration millis(Random random, int least, int most) {
    return Duration.ofMillis(random.nextInt(least, most + 1));
  }
}
