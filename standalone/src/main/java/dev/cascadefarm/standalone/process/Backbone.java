package dev.cascadefarm.standalone.process;

import com.hazelcast.core.HazelcastInstance;
import dev.cascadefarm.common.bus.FarmBus;
import dev.cascadefarm.common.bus.LostProcesses;
import dev.cascadefarm.common.queue.QueueConfig;
import dev.cascadefarm.common.queue.QueueUnavailableException;
import dev.cascadefarm.common.queue.RedisQueue;
import dev.cascadefarm.common.store.ArtifactStore;
import dev.cascadefarm.common.store.StoreConfig;
import dev.cascadefarm.common.store.StoreUnavailableException;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.spi.cluster.ClusterManager;
import io.vertx.micrometer.MicrometerMetricsFactory;
import io.vertx.micrometer.MicrometerMetricsOptions;
import io.vertx.spi.cluster.hazelcast.HazelcastClusterManager;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What every process of a farm has: the event bus, the queue, the store, and its measurements. Made
 * on the main thread, which may wait.
 */
record Backbone(
    Vertx vertx,
    FarmBus bus,
    LostProcesses losses,
    RedisQueue queue,
    ArtifactStore store,
    PrometheusMeterRegistry metrics) {
  private static final Logger log = LoggerFactory.getLogger(Backbone.class);

  /** Longer than the cluster itself takes to give up. */
  private static final Duration JOIN = Duration.ofSeconds(ClusterMember.JOIN_SECONDS * 2);

  private static final int JOIN_ATTEMPTS = 3;
  private static final Duration STOP = Duration.ofSeconds(5);

  /** How long Redis and the store may take to come up beside this process. */
  private static final Duration PATIENCE = Duration.ofMinutes(1);

  private static final long PAUSE_MILLIS = 500;

  /** What the parts are reached by; asked for once the bus is there. */
  record Addresses(QueueConfig queue, StoreConfig store) {}

  static Backbone connect(ClusterConfig cluster, Supplier<Addresses> addresses, Teardown teardown) {
    PrometheusMeterRegistry metrics = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
    teardown.push("measurements", metrics::close);
    VertxOptions options =
        ClusterMember.options(cluster)
            .setMetricsOptions(new MicrometerMetricsOptions().setEnabled(true));
    Joined joined = join(options, () -> ClusterMember.manager(cluster), metrics);
    Vertx vertx = joined.vertx();
    teardown.push("event bus", () -> Wait.atMost(STOP, "event bus", vertx.close()));
    FarmBus bus = new FarmBus(vertx.eventBus());
    Addresses reached = addresses.get();
    RedisQueue queue = new RedisQueue(vertx, reached.queue(), bus);
    teardown.push("queue", () -> Wait.atMost(STOP, "queue", queue.close()));
    ArtifactStore store = ArtifactStore.create(vertx, reached.store());
    teardown.push("store client", () -> Wait.atMost(STOP, "store", store.close()));
    insist(vertx, "queue", queue::start);
    insist(vertx, "store", store::start);
    LostProcesses losses = new ClusterLosses(joined.hazelcast());
    return new Backbone(vertx, bus, losses, queue, store, metrics);
  }

  /** A member of the cluster. */
  record Joined(Vertx vertx, HazelcastInstance hazelcast) {}

  /**
   * Joins as a new member after a failure: one that takes the place of a process which ended a
   * moment ago may be taken for that one ("Connecting to self"). Not once the time to be let in is
   * over.
   *
   * @param managers each call makes another member
   */
  static Joined join(
      VertxOptions options,
      Supplier<HazelcastClusterManager> managers,
      PrometheusMeterRegistry metrics) {
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(ClusterMember.JOIN_SECONDS);
    for (int attempt = 1; ; attempt++) {
      HazelcastClusterManager manager = managers.get();
      try {
        return new Joined(join(options, manager, metrics), manager.getHazelcastInstance());
      } catch (RuntimeException e) {
        leave(manager.getHazelcastInstance());
        if (attempt == JOIN_ATTEMPTS || System.nanoTime() >= end) {
          throw e;
        }
        log.warn("not let into the cluster: {}; once more", e.getMessage());
      }
    }
  }

  private static void leave(@Nullable HazelcastInstance member) {
    if (member != null) {
      member.getLifecycleService().terminate();
    }
  }

  private static Vertx join(
      VertxOptions options, ClusterManager manager, PrometheusMeterRegistry metrics) {
    Future<Vertx> vertx =
        Vertx.builder()
            .with(options)
            .withMetrics(new MicrometerMetricsFactory(metrics))
            .withClusterManager(manager)
            .buildClustered();
    return Wait.atMost(JOIN, "event bus", vertx);
  }

  /** Tries again while the other side is merely not there yet. */
  private static void insist(Vertx vertx, String what, Supplier<Future<Void>> start) {
    long end = System.nanoTime() + PATIENCE.toNanos();
    Wait.atMost(PATIENCE.multipliedBy(2), what, attempt(vertx, what, start, end));
  }

  private static Future<Void> attempt(
      Vertx vertx, String what, Supplier<Future<Void>> start, long end) {
    return start
        .get()
        .recover(
            failure ->
                mayPass(failure) && System.nanoTime() < end
                    ? again(vertx, what, start, end)
                    : Future.failedFuture(failure));
  }

  private static Future<Void> again(
      Vertx vertx, String what, Supplier<Future<Void>> start, long end) {
    log.info("waiting for the {}", what);
    return vertx
        .timer(PAUSE_MILLIS, TimeUnit.MILLISECONDS)
        .compose(waited -> attempt(vertx, what, start, end));
  }

  private static boolean mayPass(Throwable failure) {
    return failure instanceof QueueUnavailableException
        || failure instanceof StoreUnavailableException;
  }
}
