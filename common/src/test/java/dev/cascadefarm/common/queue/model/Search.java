package dev.cascadefarm.common.queue.model;

import dev.cascadefarm.common.queue.QueueUnderTest;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import net.jqwik.api.RandomGenerator;
import net.jqwik.api.Shrinkable;

/** Looks for a sequence on which a queue differs from the model, and makes it short. */
final class Search {
  private static final int SIZE = 1_000;
  private static final double NANOS_PER_SECOND = 1e9;

  private final QueueUnderTest queue;
  private final Duration shortening;
  private long operations;

  /** A search that spends a limited time on making what it found short. */
  Search(QueueUnderTest queue, Duration shortening) {
    this.queue = queue;
    this.shortening = shortening;
  }

  /**
   * A sequence on which they differ.
   *
   * @param operations compared until then, the shortening not counted
   * @param seconds until then
   * @param difference the steps of the shortest sequence found, and what differed
   */
  record Found(long operations, double seconds, String difference) {}

  long operations() {
    return operations;
  }

  /** Tries random sequences until one differs or the time is over. */
  Optional<Found> find(long seed, Duration longest) {
    RandomGenerator<Command> commands = Commands.any().generator(SIZE, false);
    Random random = new Random(seed);
    long start = System.nanoTime();
    while (System.nanoTime() - start < longest.toNanos()) {
      List<Shrinkable<Command>> sequence = new ArrayList<>();
      for (int left = random.nextInt(Commands.LONGEST + 1); left > 0; left--) {
        sequence.add(commands.next(random));
      }
      Optional<String> difference = difference(sequence);
      if (difference.isPresent()) {
        long until = operations;
        double seconds = (System.nanoTime() - start) / NANOS_PER_SECOND;
        return Optional.of(new Found(until, seconds, shortened(sequence, difference.get())));
      }
    }
    return Optional.empty();
  }

  /**
   * What differs, the same or something else, on fewer and simpler commands: first without whole
   * parts of the sequence, larger ones first, then with each command made simpler.
   */
  private String shortened(List<Shrinkable<Command>> from, String found) {
    long until = System.nanoTime() + shortening.toNanos();
    List<Shrinkable<Command>> shortest = new ArrayList<>(from);
    String last = found;
    for (int part = Math.max(1, from.size() / 2); part > 0; part /= 2) {
      for (int end = shortest.size(); end > 0 && System.nanoTime() - until < 0; end -= part) {
        List<Shrinkable<Command>> shorter = new ArrayList<>(shortest);
        shorter.subList(Math.max(0, end - part), Math.min(end, shorter.size())).clear();
        Optional<String> difference = difference(shorter);
        if (difference.isPresent()) {
          shortest = shorter;
          last = difference.get();
        }
      }
    }
    for (int i = 0; i < shortest.size(); i++) {
      boolean simpler = true;
      while (simpler) {
        simpler = false;
        for (Shrinkable<Command> candidate : shortest.get(i).shrink().toList()) {
          List<Shrinkable<Command>> changed = new ArrayList<>(shortest);
          changed.set(i, candidate);
          Optional<String> difference =
              System.nanoTime() - until < 0 ? difference(changed) : Optional.empty();
          if (difference.isPresent()) {
            shortest = changed;
            last = difference.get();
            simpler = true;
            break;
          }
        }
      }
    }
    return last;
  }

  private Optional<String> difference(List<Shrinkable<Command>> sequence) {
    Trial trial = new Trial(queue);
    try {
      trial.run(sequence.stream().map(Shrinkable::value).toList());
      return Optional.empty();
    } catch (AssertionError e) {
      return Optional.of(String.valueOf(e.getMessage()));
    } finally {
      operations += trial.operations();
    }
  }
}
