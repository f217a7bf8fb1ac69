package dev.cascadefarm.standalone.process;

import dev.cascadefarm.common.cascade.Catalogue;
import dev.cascadefarm.coordinator.CoordinatorConfig;
import dev.cascadefarm.standalone.config.FarmConfig;
import dev.cascadefarm.standalone.config.ModuleConfigs;
import java.net.URI;

/** One coordinator of a farm whose services run elsewhere. */
public final class CoordinatorProcess implements AutoCloseable {
  private final URI address;
  private final Teardown teardown;

  private CoordinatorProcess(URI address, Teardown teardown) {
    this.address = address;
    this.teardown = teardown;
  }

  /** Starts it; waits a while for Redis and the store. */
  public static CoordinatorProcess start(FarmConfig config) {
    CoordinatorConfig coordinator = ModuleConfigs.coordinator(config);
    Backbone.Addresses addresses = EmbeddedFarm.addresses(config);
    Catalogue catalogue = Catalogue.read(config.catalogue());
    Teardown teardown = new Teardown();
    boolean started = false;
    try {
      Backbone backbone = Backbone.connect(ClusterConfig.of(config), () -> addresses, teardown);
      URI address = new FarmNode(backbone, teardown).startCoordinator(coordinator, catalogue);
      started = true;
      return new CoordinatorProcess(address, teardown);
    } finally {
      if (!started) {
        teardown.close();
      }
    }
  }

  /** Where the API listens. */
  public URI address() {
    return address;
  }

  /** Ends event streams, stops listening and leaves the cluster. Idempotent. */
  @Override
  public void close() {
    teardown.close();
  }
}
