package dev.cascadefarm.coordinator;

import dev.cascadefarm.common.bus.FarmBus;
import dev.cascadefarm.common.bus.LostProcesses;
import dev.cascadefarm.common.cascade.Catalogue;
import dev.cascadefarm.common.queue.QueueConfig;
import dev.cascadefarm.common.queue.RedisQueue;
import dev.cascadefarm.common.store.ArtifactStore;
import dev.cascadefarm.common.store.StoreConfig;
import dev.cascadefarm.testing.TestStore;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.client.HttpRequest;
import io.vertx.ext.web.client.HttpResponse;
import io.vertx.ext.web.client.WebClient;
import io.vertx.ext.web.client.WebClientOptions;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** A coordinator of the tiny cascade, with its queue, store and a client. */
final class CoordinatorFixture implements AutoCloseable {
  static final CoordinatorConfig CONFIG =
      CoordinatorConfig.defaults().withAddress("127.0.0.1", 0, null);

  final Vertx vertx = Vertx.vertx();
  final FarmBus bus = new FarmBus(vertx.eventBus());
  final Catalogue catalogue = TestCatalogue.tiny();
  final RedisQueue queue;
  final ArtifactStore store;
  final Coordinator coordinator;
  final TestWorker worker;
  final WebClient client;

  private CoordinatorFixture(String redisUrl, TestStore testStore, CoordinatorConfig config) {
    QueueConfig queueConfig =
        QueueConfig.of(redisUrl).withAllowLossy(true).withCommandDeadline(Duration.ofSeconds(4));
    queue = new RedisQueue(vertx, queueConfig, bus);
    store =
        ArtifactStore.create(
            vertx,
            StoreConfig.of(
                testStore.endpoint(), testStore.accessKey(), testStore.secretKey(), "coordinator"));
    PrometheusMeterRegistry metrics = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
    CoordinatorParts parts =
        CoordinatorParts.of(queue, store, bus, LostProcesses.NONE, catalogue, metrics);
    coordinator = Coordinator.create(vertx, config, parts);
    worker = new TestWorker(queue.tasks(), store, catalogue);
    await(queue.start());
    await(store.start());
    await(coordinator.start());
    client =
        WebClient.create(
            vertx,
            new WebClientOptions()
                .setDefaultHost("127.0.0.1")
                .setDefaultPort(coordinator.actualPort()));
  }

  static CoordinatorFixture start(String redisUrl, TestStore store, CoordinatorConfig config) {
    return new CoordinatorFixture(redisUrl, store, config);
  }

  int port() {
    return coordinator.actualPort();
  }

  HttpResponse<Buffer> get(String path) {
    return await(client.get(path).send());
  }

  HttpRequest<Buffer> request(HttpMethod method, String path) {
    return client.request(method, path);
  }

  HttpResponse<Buffer> submit(Object body) {
    return await(client.post("/v1/jobs").sendJson(body));
  }

  HttpResponse<Buffer> submitRaw(String contentType, Buffer body) {
    return await(client.post("/v1/jobs").putHeader("Content-Type", contentType).sendBuffer(body));
  }

  /** A fresh job of one image; its id. */
  String job() {
    return submit(minimal()).bodyAsJsonObject().getString("id");
  }

  static JsonObject minimal() {
    return new JsonObject().put("cascade", "tiny").put("prompt", "a red circle");
  }

  /** Waits at most twenty seconds. */
  static <T> T await(Future<T> future) {
    try {
      return future.await(20, TimeUnit.SECONDS);
    } catch (TimeoutException e) {
      throw new AssertionError("no answer (expected: within 20 s)", e);
    }
  }

  @Override
  public void close() {
    await(coordinator.close());
    await(store.close());
    await(queue.close());
    await(vertx.close());
  }
}
