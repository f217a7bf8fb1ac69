package dev.cascadefarm.common.queue;

import org.jspecify.annotations.Nullable;

/**
 * What a tenant may have. Whatever is absent has no bound of its own.
 *
 * @param weight share of a contended stage, relative to other tenants
 * @param inFlight tasks running at once at each stage, at most
 * @param backlog unfinished tasks, at most; absent for the farm's own bound
 * @param rate submissions, at most
 */
public record TenantLimits(
    double weight, @Nullable Integer inFlight, @Nullable Integer backlog, @Nullable Rate rate) {
  /** An equal share and no bounds. */
  public static final TenantLimits NONE = new TenantLimits(1, null, null, null);

  public TenantLimits {
    if (!(weight >= 0.001 && weight <= 1_000)) {
      throw new IllegalArgumentException("weight: " + weight + " (expected: 0.001 to 1000)");
    }
    positive("in_flight", inFlight);
    positive("backlog", backlog);
  }

  /**
   * A token bucket.
   *
   * @param perSecond submissions in the long run
   * @param burst submissions at once
   */
  public record Rate(double perSecond, int burst) {
    public Rate {
      if (!(perSecond > 0 && perSecond <= 1e6)) {
        throw new IllegalArgumentException(
            "per_second: " + perSecond + " (expected: more than 0, at most 1000000)");
      }
      positive("burst", burst);
    }
  }

  private static void positive(String name, @Nullable Integer value) {
    if (value != null && value < 1) {
      throw new IllegalArgumentException(name + ": " + value + " (expected: >= 1)");
    }
  }
}
