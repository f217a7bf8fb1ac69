package dev.cascadefarm.e2e.chaos;

import dev.cascadefarm.e2e.process.Eventually;
import java.time.Duration;
import java.util.Comparator;
import java.util.PriorityQueue;
import java.util.Queue;
import java.util.concurrent.Callable;
import java.util.function.Supplier;

/** What is to be done later, done while its owner waits for something else. Used by one thread. */
final class Agenda {
  private static final Duration SLACK = Duration.ofMinutes(1);

  private final Queue<Entry> entries =
      new PriorityQueue<>(Comparator.comparingLong(Entry::dueNanos));
  private final Runnable always;
  private final Supplier<String> hint;

  /**
   * An empty agenda.
   *
   * @param always done again and again
   * @param hint for the message when something waited for does not come
   */
  Agenda(Runnable always, Supplier<String> hint) {
    this.always = always;
    this.hint = hint;
  }

  private record Entry(long dueNanos, Runnable action) {}

  void in(Duration time, Runnable action) {
    entries.add(new Entry(System.nanoTime() + time.toNanos(), action));
  }

  /** Lets time pass. */
  void pass(Duration time) {
    long end = System.nanoTime() + time.toNanos();
    await("time to pass", time.plus(SLACK), () -> System.nanoTime() - end >= 0);
  }

  /** Waits for something. */
  void await(String what, Duration deadline, Callable<Boolean> condition) {
    Eventually.holds(what, deadline, () -> look(condition), hint);
  }

  /** Does everything at once that was to be done later. */
  void hurry() {
    while (!entries.isEmpty()) {
      entries.remove().action.run();
    }
  }

  private boolean look(Callable<Boolean> condition) throws Exception {
    while (!entries.isEmpty() && entries.peek().dueNanos - System.nanoTime() <= 0) {
      entries.remove().action.run();
    }
    always.run();
    return condition.call();
  }
}
