package dev.cascadefarm.standalone.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.hazelcast.config.Config;
import com.hazelcast.config.JoinConfig;
import dev.cascadefarm.standalone.config.ConfigInput;
import dev.cascadefarm.standalone.config.FarmConfig;
import dev.cascadefarm.standalone.config.InvalidConfigException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ClusterMemberTest {
  @Test
  void hazelcast_alone_joinsNobodyAndTellsNobody() {
    Config config = ClusterMember.hazelcast(ClusterConfig.alone());
    JoinConfig join = config.getNetworkConfig().getJoin();
    assertThat(join.getMulticastConfig().isEnabled()).isFalse();
    assertThat(join.getTcpIpConfig().isEnabled()).isFalse();
    assertThat(join.getAutoDetectionConfig().isEnabled()).isFalse();
    assertThat(config.getProperty("hazelcast.phone.home.enabled")).isEqualTo("false");
    assertThat(config.getProperty("hazelcast.max.join.seconds")).isEqualTo("30");
    assertThat(config.getProperty("hazelcast.shutdownhook.enabled")).isEqualTo("false");
    assertThat(config.getNetworkConfig().getInterfaces().getInterfaces())
        .containsExactly("127.0.0.1");
  }

  @Test
  void hazelcast_list_asksTheMembers() {
    ClusterConfig cluster = ClusterConfig.of(load(Map.of("cluster.members", "10.0.0.1,b:5701")));
    JoinConfig join = ClusterMember.hazelcast(cluster).getNetworkConfig().getJoin();
    assertThat(join.getTcpIpConfig().isEnabled()).isTrue();
    assertThat(join.getTcpIpConfig().getMembers()).isEqualTo(List.of("10.0.0.1", "b:5701"));
  }

  @Test
  void hazelcast_kubernetes_asksTheService() {
    ClusterConfig cluster =
        ClusterConfig.of(
            load(Map.of("cluster.discovery", "kubernetes", "cluster.service-dns", "farm.svc")));
    JoinConfig join = ClusterMember.hazelcast(cluster).getNetworkConfig().getJoin();
    assertThat(join.getKubernetesConfig().isEnabled()).isTrue();
    assertThat(join.getKubernetesConfig().getProperty("service-dns")).isEqualTo("farm.svc");
  }

  @Test
  void of_kubernetesWithoutService_refused() {
    assertThatThrownBy(() -> ClusterConfig.of(load(Map.of("cluster.discovery", "kubernetes"))))
        .isInstanceOf(InvalidConfigException.class)
        .hasMessageContaining("cluster.service-dns");
  }

  private static FarmConfig load(Map<String, String> values) {
    return FarmConfig.load(new ConfigInput(null, Path.of("/nowhere"), Map.of(), values));
  }
}
