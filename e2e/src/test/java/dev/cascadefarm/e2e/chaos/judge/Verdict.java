package dev.cascadefarm.e2e.chaos.judge;

import java.util.EnumSet;
import java.util.List;
import java.util.Set;

/**
 * What a history shows.
 *
 * @param jobs judged
 * @param unknown submissions that were never answered and whose job was there all the same
 * @param retried leases that were taken back
 */
public record Verdict(int jobs, int unknown, int retried, List<Violation> violations) {
  /** Copies the violations. */
  public Verdict {
    violations = List.copyOf(violations);
  }

  /** How many violations there are of that kind. */
  public long count(Violation.Kind kind) {
    return violations.stream().filter(violation -> violation.kind() == kind).count();
  }

  /** The kinds that were found. */
  public Set<Violation.Kind> kinds() {
    Set<Violation.Kind> kinds = EnumSet.noneOf(Violation.Kind.class);
    violations.forEach(violation -> kinds.add(violation.kind()));
    return kinds;
  }
}
