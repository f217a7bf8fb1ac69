package dev.cascadefarm.common.queue.model;

import dev.cascadefarm.common.queue.TenantLimits;
import org.jspecify.annotations.Nullable;

/**
 * What a tenant may have; 0 for no bound of its own.
 *
 * @param weight halves
 */
record Allow(int tenant, int weight, int inFlight, int backlog, int rate) implements Command {
  @Override
  public void run(Trial trial) {
    String name = Names.TENANTS.get(tenant);
    TenantLimits limits =
        new TenantLimits(
            weight / 2.0,
            orNone(inFlight),
            orNone(backlog),
            rate == 0 ? null : new TenantLimits.Rate(rate / 10.0, 2));
    trial.model.tenant(name).limits = limits;
    trial.model.bundles.keySet().forEach(bundle -> trial.model.sync(bundle, name));
    trial.expect(
        "allow %s %s".formatted(name, limits),
        "nothing",
        () -> trial.queue.control().allow(name, limits));
  }

  private static @Nullable Integer orNone(int bound) {
    return bound == 0 ? null : bound;
  }
}
