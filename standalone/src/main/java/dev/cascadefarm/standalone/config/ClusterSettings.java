package dev.cascadefarm.standalone.config;

import java.util.List;

/** Settings of the cluster that carries the event bus. */
public final class ClusterSettings {
  public static final Setting<String> NAME =
      Setting.of("cluster.name", Kind.text(), "cascade-farm", "processes of one farm share it");

  public static final Setting<String> DISCOVERY =
      Setting.of(
          "cluster.discovery",
          Kind.oneOf("none", "tcp", "kubernetes"),
          "tcp",
          "how `coordinator` and `worker` find each other; `serve` and `render` are alone");

  public static final Setting<String> HOST =
      Setting.of("cluster.host", Kinds.HOST, "127.0.0.1", "own address, for the other processes");

  public static final Setting<Integer> PORT =
      Setting.of("cluster.port", Kinds.PORT, "5701", "first port to try");

  public static final Setting<List<String>> MEMBERS =
      Setting.of("cluster.members", Kinds.MEMBERS, "127.0.0.1", "addresses to ask, with `tcp`");

  public static final Setting<String> SERVICE_DNS =
      Setting.of(
          "cluster.service-dns",
          Kind.text(),
          null,
          "DNS name of the headless service, with `kubernetes`");

  static final List<Setting<?>> ALL = List.of(NAME, DISCOVERY, HOST, PORT, MEMBERS, SERVICE_DNS);

  private ClusterSettings() {}
}
