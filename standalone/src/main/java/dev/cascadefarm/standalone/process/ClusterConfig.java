package dev.cascadefarm.standalone.process;

import dev.cascadefarm.standalone.config.ClusterSettings;
import dev.cascadefarm.standalone.config.FarmConfig;
import dev.cascadefarm.standalone.config.InvalidConfigException;
import java.util.List;
import java.util.Locale;

/**
 * How the farm's processes find each other for the event bus.
 *
 * @param host address of this process, for members and bus alike
 * @param port first port to try for membership; 0 takes a free one
 * @param members addresses to ask for a cluster, with {@link Discovery#TCP}
 * @param serviceDns name of the headless service, with {@link Discovery#KUBERNETES}
 */
public record ClusterConfig(
    String name,
    Discovery discovery,
    String host,
    int port,
    List<String> members,
    String serviceDns) {
  /** How other members are found. */
  public enum Discovery {
    /** Not at all: a cluster of one. */
    NONE,
    /** By a list of addresses. */
    TCP,
    /** By the DNS records of a headless service. */
    KUBERNETES
  }

  public ClusterConfig {
    members = List.copyOf(members);
    if (discovery == Discovery.KUBERNETES && serviceDns.isBlank()) {
      throw new IllegalArgumentException(
          "cluster.service-dns: not set (expected: the headless service's DNS name)");
    }
  }

  /** A cluster of this process alone, on loopback. */
  public static ClusterConfig alone() {
    return new ClusterConfig("cascade-farm", Discovery.NONE, "127.0.0.1", 0, List.of(), "");
  }

  /** The cluster of a farm of several processes. */
  public static ClusterConfig of(FarmConfig config) {
    try {
      return new ClusterConfig(
          config.get(ClusterSettings.NAME),
          Discovery.valueOf(config.get(ClusterSettings.DISCOVERY).toUpperCase(Locale.ROOT)),
          config.get(ClusterSettings.HOST),
          config.get(ClusterSettings.PORT),
          config.get(ClusterSettings.MEMBERS),
          config.find(ClusterSettings.SERVICE_DNS).orElse(""));
    } catch (IllegalArgumentException e) {
      throw new InvalidConfigException(e.getMessage(), e);
    }
  }
}
