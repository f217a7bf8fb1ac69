package dev.cascadefarm.standalone.process;

import com.hazelcast.config.AdvancedNetworkConfig;
import com.hazelcast.config.Config;
import com.hazelcast.config.JoinConfig;
import com.hazelcast.config.MapConfig;
import com.hazelcast.config.MultiMapConfig;
import com.hazelcast.config.ServerSocketEndpointConfig;
import com.hazelcast.spi.properties.ClusterProperty;
import dev.cascadefarm.common.queue.ProcessName;
import io.vertx.core.VertxOptions;
import io.vertx.spi.cluster.hazelcast.HazelcastClusterManager;

/**
 * How a process takes part in the farm's cluster. Joining never waits for others, nothing is
 * multicast, nothing is reported to anybody.
 */
final class ClusterMember {
  /** How long a process asks to be let in, before it ends with {@link IllegalStateException}. */
  static final int JOIN_SECONDS = 60;

  /** Ports tried from the first one on, so that many processes fit on one machine. */
  private static final int PORTS = 64;

  private static final int NO_HEARTBEAT_SECONDS = 10;

  private ClusterMember() {}

  /** Options with the address of the event bus. */
  static VertxOptions options(ClusterConfig cluster) {
    VertxOptions options = new VertxOptions();
    options.getEventBusOptions().setHost(cluster.host()).setClusterPublicHost(cluster.host());
    return options;
  }

  static HazelcastClusterManager manager(ClusterConfig cluster) {
    // Hazelcast's first words come before it has read its configuration.
    System.setProperty(ClusterProperty.LOGGING_TYPE.getName(), "slf4j");
    return new HazelcastClusterManager(hazelcast(cluster));
  }

  static Config hazelcast(ClusterConfig cluster) {
    Config config = new Config();
    config.setClusterName(cluster.name());
    config
        .getMemberAttributeConfig()
        .setAttribute(ClusterLosses.PROCESS, ProcessName.current().toString());
    config.getJetConfig().setEnabled(false);
    config.getMetricsConfig().setEnabled(false);
    network(config.getAdvancedNetworkConfig(), cluster);
    vertxCollections(config);
    return config
        .setProperty(ClusterProperty.LOGGING_TYPE.getName(), "slf4j")
        .setProperty(ClusterProperty.PHONE_HOME_ENABLED.getName(), "false")
        .setProperty(ClusterProperty.SHUTDOWNHOOK_ENABLED.getName(), "false")
        .setProperty(ClusterProperty.SOCKET_BIND_ANY.getName(), "false")
        .setProperty(ClusterProperty.WAIT_SECONDS_BEFORE_JOIN.getName(), "0")
        .setProperty(ClusterProperty.TCP_JOIN_PORT_TRY_COUNT.getName(), String.valueOf(PORTS))
        // one that dies while others elect must not keep them for two minutes
        .setProperty(ClusterProperty.MASTERSHIP_CLAIM_TIMEOUT_SECONDS.getName(), "10")
        .setProperty(ClusterProperty.MAX_JOIN_SECONDS.getName(), String.valueOf(JOIN_SECONDS))
        .setProperty(ClusterProperty.HEARTBEAT_INTERVAL_SECONDS.getName(), "1")
        .setProperty(
            ClusterProperty.MAX_NO_HEARTBEAT_SECONDS.getName(),
            String.valueOf(NO_HEARTBEAT_SECONDS));
  }

  /**
   * One endpoint, for members alone. Where an endpoint speaks several protocols, a connection that
   * waits for the other side's first bytes spins on the thread that writes for other connections
   * too (Hazelcast 5.3.8 to 5.7.0: {@code UnifiedProtocolEncoder}); members that call each other at
   * once, or any server that listens nearby and says nothing, then keep each other from writing.
   */
  private static void network(AdvancedNetworkConfig network, ClusterConfig cluster) {
    ServerSocketEndpointConfig endpoint = new ServerSocketEndpointConfig();
    endpoint.setPort(cluster.port()).setPortAutoIncrement(true).setPortCount(PORTS);
    endpoint.getInterfaces().setEnabled(true).addInterface(cluster.host());
    network.setEnabled(true).setMemberEndpointConfig(endpoint);
    JoinConfig join = network.getJoin();
    join.getAutoDetectionConfig().setEnabled(false);
    join.getMulticastConfig().setEnabled(false);
    switch (cluster.discovery()) {
      case NONE -> {}
      case TCP -> join.getTcpIpConfig().setEnabled(true).setMembers(cluster.members());
      case KUBERNETES ->
          join.getKubernetesConfig()
              .setEnabled(true)
              .setProperty("service-dns", cluster.serviceDns());
    }
  }

  /** The shared collections of the cluster manager: one copy beside the owner's, sets of values. */
  private static void vertxCollections(Config config) {
    config.addMultiMapConfig(
        new MultiMapConfig("__vertx.subs")
            .setBackupCount(1)
            .setValueCollectionType(MultiMapConfig.ValueCollectionType.SET));
    config.addMapConfig(new MapConfig("__vertx.haInfo").setBackupCount(1));
    config.addMapConfig(new MapConfig("__vertx.nodeInfo").setBackupCount(1));
  }
}
