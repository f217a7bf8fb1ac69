package dev.cascadefarm.coordinator;

import dev.cascadefarm.common.cascade.InstalledBundle;
import dev.cascadefarm.common.plan.JobPlanner;
import dev.cascadefarm.common.queue.TenantLimits;
import dev.cascadefarm.coordinator.api.ApiParts;
import dev.cascadefarm.coordinator.api.ApiRouter;
import dev.cascadefarm.coordinator.api.JobDocument;
import dev.cascadefarm.coordinator.audit.Auditor;
import dev.cascadefarm.coordinator.chores.Chores;
import dev.cascadefarm.coordinator.contract.ApiContract;
import dev.cascadefarm.coordinator.events.EventHub;
import dev.cascadefarm.coordinator.events.JobSource;
import dev.cascadefarm.coordinator.metrics.QueueMeters;
import dev.cascadefarm.coordinator.upload.Uploads;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.Meter;
import io.vertx.core.Future;
import io.vertx.core.VerticleBase;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import java.security.SecureRandom;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A coordinator on its event loop. */
final class CoordinatorVerticle extends VerticleBase {
  private static final Logger log = LoggerFactory.getLogger(CoordinatorVerticle.class);
  private static final int MAX_FRAME_BYTES = 4096;
  private static final int IDLE_SECONDS = 90;

  private final CoordinatorConfig config;
  private final CoordinatorParts parts;
  private volatile int port;
  private volatile Supplier<Future<Void>> stopping = Future::succeededFuture;

  CoordinatorVerticle(CoordinatorConfig config, CoordinatorParts parts) {
    this.config = config;
    this.parts = parts;
  }

  int actualPort() {
    return port;
  }

  @Override
  public Future<?> start() {
    return registerBundles()
        .compose(nothing -> allowTenants())
        .compose(nothing -> ApiContract.load(vertx))
        .compose(this::listen)
        .onSuccess(this::listening);
  }

  @Override
  public Future<?> stop() {
    return stopping.get();
  }

  private Future<Void> registerBundles() {
    List<Future<Void>> all = parts.catalogue().bundles().stream().map(this::register).toList();
    return Future.all(all).mapEmpty();
  }

  private Future<Void> register(InstalledBundle bundle) {
    return parts
        .queue()
        .register(bundle.id(), bundle.digest())
        .timeout(config.queueDeadline().toMillis(), TimeUnit.MILLISECONDS)
        .compose(known -> known ? Future.succeededFuture() : otherDigest(bundle));
  }

  private static Future<Void> otherDigest(InstalledBundle bundle) {
    return Future.failedFuture(
        new IllegalStateException(
            "bundle "
                + bundle.id()
                + ": digest "
                + bundle.digest()
                + " (expected: the one this queue knows already; give a changed bundle a new"
                + " version)"));
  }

  private Future<Void> allowTenants() {
    Future<Void> allowed = Future.succeededFuture();
    for (Map.Entry<String, TenantLimits> tenant : config.access().tenants().entrySet()) {
      allowed = allowed.compose(nothing -> allow(tenant.getKey(), tenant.getValue()));
    }
    return allowed;
  }

  private Future<Void> allow(String tenant, TenantLimits limits) {
    return parts
        .control()
        .allow(tenant, limits)
        .timeout(config.queueDeadline().toMillis(), TimeUnit.MILLISECONDS);
  }

  private Future<HttpServer> listen(ApiContract contract) {
    EventHub hub =
        new EventHub(
            vertx,
            new JobSource(parts.queue(), job -> JobDocument.of(job, parts.catalogue())),
            parts.bus(),
            config.feeds());
    SecureRandom random = new SecureRandom();
    Uploads uploads = new Uploads(vertx, parts.store(), config.uploads(), Clock.systemUTC());
    Auditor auditor = new Auditor(parts.audit(), parts.metrics());
    Chores chores = Chores.of(vertx, config.chores(), parts, auditor, random);
    QueueMeters queueMeters = queueMeters();
    ApiParts api =
        new ApiParts(
            contract,
            parts.queue(),
            parts.control(),
            auditor,
            parts.store(),
            uploads,
            hub,
            parts.catalogue(),
            new JobPlanner(parts.catalogue()),
            parts.metrics(),
            random);
    List<Meter> meters = meters(hub);
    stopping =
        () -> {
          hub.stop();
          chores.stop();
          queueMeters.stop();
          meters.forEach(parts.metrics()::remove);
          return uploads.close();
        };
    hub.start();
    chores.start();
    queueMeters.start();
    return vertx
        .createHttpServer(serverOptions())
        .requestHandler(ApiRouter.create(vertx, config, api))
        .listen(config.port(), config.host());
  }

  private QueueMeters queueMeters() {
    QueueMeters.Timing timing = QueueMeters.Timing.every5s(config.queueDeadline());
    return new QueueMeters(vertx, parts.control(), parts.metrics(), timing);
  }

  private List<Meter> meters(EventHub hub) {
    return List.of(
        Gauge.builder("farm.event.streams", hub, EventHub::open)
            .description("Event streams open now")
            .register(parts.metrics()),
        FunctionCounter.builder("farm.event.streams.dropped", hub, EventHub::dropped)
            .description("Event streams closed because their clients did not read")
            .register(parts.metrics()));
  }

  private static HttpServerOptions serverOptions() {
    return new HttpServerOptions()
        .setMaxWebSocketFrameSize(MAX_FRAME_BYTES)
        .setMaxWebSocketMessageSize(MAX_FRAME_BYTES)
        .addWebSocketSubProtocol("cascade-farm")
        .setIdleTimeout(IDLE_SECONDS)
        .setIdleTimeoutUnit(TimeUnit.SECONDS);
  }

  private void listening(HttpServer server) {
    port = server.actualPort();
    log.info("coordinator listens on {}:{}", config.host(), port);
  }
}
