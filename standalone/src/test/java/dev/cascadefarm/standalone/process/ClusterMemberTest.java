package dev.cascadefarm.standalone.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.hazelcast.config.Config;
import com.hazelcast.config.EndpointConfig;
import com.hazelcast.config.JoinConfig;
import com.hazelcast.core.Hazelcast;
import com.hazelcast.core.HazelcastInstance;
import com.hazelcast.instance.EndpointQualifier;
import dev.cascadefarm.standalone.config.ConfigInput;
import dev.cascadefarm.standalone.config.FarmConfig;
import dev.cascadefarm.standalone.config.InvalidConfigException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

class ClusterMemberTest {
  private static final int SILENT = 16;

  @Test
  void hazelcast_alone_joinsNobodyAndTellsNobody() {
    Config config = ClusterMember.hazelcast(ClusterConfig.alone());
    JoinConfig join = config.getAdvancedNetworkConfig().getJoin();
    assertThat(join.getMulticastConfig().isEnabled()).isFalse();
    assertThat(join.getTcpIpConfig().isEnabled()).isFalse();
    assertThat(join.getAutoDetectionConfig().isEnabled()).isFalse();
    assertThat(config.getProperty("hazelcast.phone.home.enabled")).isEqualTo("false");
    assertThat(config.getProperty("hazelcast.max.join.seconds")).isEqualTo("60");
    assertThat(config.getProperty("hazelcast.shutdownhook.enabled")).isEqualTo("false");
    EndpointConfig members =
        config.getAdvancedNetworkConfig().getEndpointConfigs().get(EndpointQualifier.MEMBER);
    assertThat(members.getInterfaces().getInterfaces()).containsExactly("127.0.0.1");
  }

  @Test
  void hazelcast_list_asksTheMembers() {
    ClusterConfig cluster = ClusterConfig.of(load(Map.of("cluster.members", "10.0.0.1,b:5701")));
    JoinConfig join = ClusterMember.hazelcast(cluster).getAdvancedNetworkConfig().getJoin();
    assertThat(join.getTcpIpConfig().isEnabled()).isTrue();
    assertThat(join.getTcpIpConfig().getMembers()).isEqualTo(List.of("10.0.0.1", "b:5701"));
  }

  @Test
  void hazelcast_kubernetes_asksTheService() {
    ClusterConfig cluster =
        ClusterConfig.of(
            load(Map.of("cluster.discovery", "kubernetes", "cluster.service-dns", "farm.svc")));
    JoinConfig join = ClusterMember.hazelcast(cluster).getAdvancedNetworkConfig().getJoin();
    assertThat(join.getKubernetesConfig().isEnabled()).isTrue();
    assertThat(join.getKubernetesConfig().getProperty("service-dns")).isEqualTo("farm.svc");
  }

  @Test
  void of_kubernetesWithoutService_refused() {
    assertThatThrownBy(() -> ClusterConfig.of(load(Map.of("cluster.discovery", "kubernetes"))))
        .isInstanceOf(InvalidConfigException.class)
        .hasMessageContaining("cluster.service-dns");
  }

  /** Each of them holds a connection whose first bytes never come; they outnumber the threads. */
  @Test
  @Tag("integration")
  @Timeout(30)
  void hazelcast_besideServersThatSayNothing_isLetIn() throws Exception {
    List<ServerSocket> silent = new ArrayList<>();
    HazelcastInstance first = Hazelcast.newHazelcastInstance(hazelcast(List.of()));
    try {
      List<String> members = new ArrayList<>();
      for (int i = 0; i < SILENT; i++) {
        silent.add(new ServerSocket(0, 1, InetAddress.getLoopbackAddress()));
        members.add("127.0.0.1:" + silent.get(i).getLocalPort());
      }
      members.add("127.0.0.1:" + first.getCluster().getLocalMember().getAddress().getPort());
      Hazelcast.newHazelcastInstance(hazelcast(members));
      assertThat(first.getCluster().getMembers()).hasSize(2);
    } finally {
      Hazelcast.shutdownAll();
      for (ServerSocket each : silent) {
        each.close();
      }
    }
  }

  private static Config hazelcast(List<String> members) {
    return ClusterMember.hazelcast(
        new ClusterConfig("silent", ClusterConfig.Discovery.TCP, "127.0.0.1", 0, members, ""));
  }

  private static FarmConfig load(Map<String, String> values) {
    return FarmConfig.load(new ConfigInput(null, Path.of("/nowhere"), Map.of(), values));
  }
}
