package dev.cascadefarm.coordinator.metrics;

import java.util.Set;
import java.util.TreeSet;

/**
 * What tenants are called in measurements: by their names while there are few, the others together.
 * A tenant keeps its label as long as the process lives. Used on one event loop only.
 */
final class TenantLabels {
  static final String OTHER = "other";
  private static final int MOST = 100;

  private final Set<String> named = new TreeSet<>();

  /** The label of a tenant. */
  String of(String tenant) {
    if (named.size() < MOST) {
      named.add(tenant);
    }
    return named.contains(tenant) ? tenant : OTHER;
  }

  /** The tenants that have labels of their own. */
  Set<String> known() {
    return Set.copyOf(named);
  }
}
