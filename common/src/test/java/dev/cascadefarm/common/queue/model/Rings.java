package dev.cascadefarm.common.queue.model;

import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Whose turn it is: for each bundle the tenants that can be served, each at a virtual time. */
final class Rings {
  private final Map<String, Map<String, Double>> rings = new HashMap<>();
  private final Map<String, Double> reached = new HashMap<>();

  /** Tenants in order, who has had least first; equals by name. */
  List<String> order(String bundle) {
    return ring(bundle).entrySet().stream()
        .sorted(
            Map.Entry.<String, Double>comparingByValue()
                .thenComparing(Map.Entry.comparingByKey(Comparator.naturalOrder())))
        .map(Map.Entry::getKey)
        .toList();
  }

  /** The virtual time that a tenant has reached. */
  double reached(String bundle, String tenant) {
    return reached.getOrDefault(bundle + " " + tenant, 0.0);
  }

  /** Lets a tenant in or out. One that comes back has no credit from the time it was away. */
  void set(String bundle, String tenant, boolean servable) {
    Map<String, Double> ring = ring(bundle);
    if (!servable) {
      ring.remove(tenant);
    } else if (!ring.containsKey(tenant)) {
      double least = ring.values().stream().mapToDouble(time -> time).min().orElse(0);
      ring.put(tenant, Math.max(least, reached(bundle, tenant)));
    }
  }

  /** One task more for a tenant in the ring. */
  void charge(String bundle, String tenant, double weight) {
    Map<String, Double> ring = ring(bundle);
    double time = ring.getOrDefault(tenant, 0.0) + 1.0 / weight;
    ring.put(tenant, time);
    reached.put(bundle + " " + tenant, time);
  }

  private Map<String, Double> ring(String bundle) {
    return rings.computeIfAbsent(bundle, name -> new HashMap<>());
  }
}
