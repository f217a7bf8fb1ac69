package dev.cascadefarm.standalone.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.vertx.core.Completable;
import io.vertx.spi.cluster.hazelcast.HazelcastClusterManager;
import java.time.Duration;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("integration")
class BackboneTest {
  private static final String REASON = "Connecting to self! [127.0.0.1]:5701";

  private final ClusterConfig alone = ClusterConfig.alone();
  private final PrometheusMeterRegistry metrics =
      new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
  private int asked;

  /** A member of which the first so many are not let in. */
  private HazelcastClusterManager member(int refused) {
    asked++;
    return asked > refused
        ? ClusterMember.manager(alone)
        : new HazelcastClusterManager() {
          @Override
          public void join(Completable<Void> promise) {
            promise.fail(new IllegalStateException(REASON));
          }
        };
  }

  @Test
  void join_refusedTwice_isAMemberInTheEnd() {
    Backbone.Joined joined = Backbone.join(ClusterMember.options(alone), () -> member(2), metrics);

    assertThat(joined.vertx().isClustered()).isTrue();
    assertThat(joined.hazelcast().getLifecycleService().isRunning()).isTrue();
    assertThat(asked).isEqualTo(3);
    Wait.atMost(Duration.ofSeconds(20), "event bus", joined.vertx().close());
  }

  @Test
  void join_refusedAgainAndAgain_endsWithTheReason() {
    assertThatThrownBy(() -> Backbone.join(ClusterMember.options(alone), () -> member(9), metrics))
        .hasStackTraceContaining(REASON);
    assertThat(asked).isEqualTo(3);
  }
}
