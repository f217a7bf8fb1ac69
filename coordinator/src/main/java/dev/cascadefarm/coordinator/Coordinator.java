package dev.cascadefarm.coordinator;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;

/** One coordinator: HTTP API, event streams and chores. Thread-safe. */
public final class Coordinator {
  private final Vertx vertx;
  private final CoordinatorVerticle verticle;
  private final AtomicReference<Optional<String>> deployment =
      new AtomicReference<>(Optional.empty());

  private Coordinator(Vertx vertx, CoordinatorVerticle verticle) {
    this.vertx = vertx;
    this.verticle = verticle;
  }

  /** A coordinator that is not started yet. */
  public static Coordinator create(Vertx vertx, CoordinatorConfig config, CoordinatorParts parts) {
    return new Coordinator(vertx, new CoordinatorVerticle(config, parts));
  }

  /** Registers the catalogue's bundles, then listens; fails if either cannot be done. */
  public Future<Void> start() {
    return vertx
        .deployVerticle(verticle)
        .onSuccess(id -> deployment.set(Optional.of(id)))
        .mapEmpty();
  }

  /** Ends event streams and stops listening. Idempotent. */
  public Future<Void> close() {
    return deployment
        .getAndSet(Optional.empty())
        .map(vertx::undeploy)
        .orElseGet(Future::succeededFuture);
  }

  /** The port listened on; 0 before the start. */
  public int actualPort() {
    return verticle.actualPort();
  }
}
