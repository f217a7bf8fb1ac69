package dev.cascadefarm.standalone.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.hazelcast.config.Config;
import com.hazelcast.core.Hazelcast;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

class ClusterJoinTest {
  private final AtomicInteger attempts = new AtomicInteger();

  @Test
  void insist_notLetInOnce_beginsAnew() {
    assertThat(ClusterJoin.insist(() -> givenUpBefore(2))).isEqualTo(2);
  }

  @Test
  void insist_neverLetIn_failsAfterTheLastAttempt() {
    assertThatThrownBy(() -> ClusterJoin.insist(() -> givenUpBefore(ClusterJoin.ATTEMPTS + 1)))
        .isInstanceOf(IllegalStateException.class)
        .hasMessage("attempt " + ClusterJoin.ATTEMPTS);
    assertThat(attempts).hasValue(ClusterJoin.ATTEMPTS);
  }

  @Test
  void insist_anotherFailure_isNotTriedAgain() {
    assertThatThrownBy(
            () ->
                ClusterJoin.insist(
                    () -> {
                      attempts.incrementAndGet();
                      throw new ProcessException("late", new InterruptedException());
                    }))
        .isInstanceOf(ProcessException.class);
    assertThat(attempts).hasValue(1);
  }

  /** What an attempt's end rests on: by itself the cluster would ask for five minutes. */
  @Test
  @Tag("integration")
  void cluster_memberThatListensAndNeverAnswers_attemptIsGivenUp() throws Exception {
    try (ServerSocket silent = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      String address = "127.0.0.1:" + silent.getLocalPort();
      ClusterConfig cluster =
          new ClusterConfig(
              "silent", ClusterConfig.Discovery.TCP, "127.0.0.1", 0, List.of(address), "");
      Config config =
          ClusterMember.hazelcast(cluster)
              .setProperty("hazelcast.max.join.seconds", "1")
              .setProperty("hazelcast.mastership.claim.timeout.seconds", "1");
      config.getNetworkConfig().getJoin().getTcpIpConfig().setConnectionTimeoutSeconds(1);
      assertThatThrownBy(() -> Hazelcast.newHazelcastInstance(config))
          .isInstanceOf(IllegalStateException.class);
    }
  }

  private int givenUpBefore(int success) {
    int attempt = attempts.incrementAndGet();
    if (attempt < success) {
      throw new IllegalStateException("attempt " + attempt);
    }
    return attempt;
  }
}
