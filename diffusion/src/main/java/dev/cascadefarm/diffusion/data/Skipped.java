package dev.cascadefarm.diffusion.data;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/** Counts examples that cannot be used, or refuses the first. Not thread-safe. */
final class Skipped {
  private static final int MAX_EXAMPLES = 5;

  private final Rules rules;
  private final Map<Fault, Integer> counts = new EnumMap<>(Fault.class);
  private final List<String> examples = new ArrayList<>();

  Skipped(Rules rules) {
    this.rules = rules;
  }

  /**
   * Leaves an example out.
   *
   * @param where file and line
   * @throws DataException if nothing may be left out
   */
  void add(Fault fault, String where, String what) {
    String message = where + ": " + what;
    if (!rules.skipsUnusable()) {
      throw new DataException(message);
    }
    counts.merge(fault, 1, Integer::sum);
    if (examples.size() < MAX_EXAMPLES) {
      examples.add(message);
    }
  }

  /** What is known of the data when all was read. */
  DataReport report(long usable) {
    return new DataReport(usable, counts, examples);
  }
}
