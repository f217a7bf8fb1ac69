package dev.cascadefarm.worker;

import dev.cascadefarm.common.cascade.InstalledBundle;
import dev.cascadefarm.common.queue.TaskQueue;
import dev.cascadefarm.worker.retry.Patience;
import dev.cascadefarm.worker.retry.Retry;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The check a worker has to pass before it may take work: its own {@code stage.json} is the one
 * registered in the queue. Waits a while for a bundle that is not registered yet.
 */
final class BundleCheck {
  private static final Logger log = LoggerFactory.getLogger(BundleCheck.class);

  private final TaskQueue queue;
  private final Retry retry;

  BundleCheck(Vertx vertx, TaskQueue queue, RandomGenerator random, WorkerConfig.Limits limits) {
    this.queue = queue;
    Patience patience =
        new Patience(Duration.ofMillis(100), Duration.ofSeconds(2), limits.registration());
    this.retry = new Retry(vertx, random, patience, limits.queue());
  }

  /** Completes once the digests agree; fails with {@link BundleRefusedException} if they differ. */
  Future<Void> registered(InstalledBundle bundle) {
    return retry.run(
        () -> queue.registeredDigest(bundle.id()).compose(digest -> compare(bundle, digest)),
        error -> mayPass(bundle, error));
  }

  private static Future<Void> compare(InstalledBundle bundle, @Nullable String registered) {
    if (registered == null) {
      return Future.failedFuture(
          new BundleRefusedException(
              bundle.id() + ": not registered (expected: a coordinator that knows the bundle)",
              true));
    }
    return registered.equals(bundle.digest())
        ? Future.succeededFuture()
        : Future.failedFuture(
            new BundleRefusedException(
                "%s: stage.json in %s has SHA-256 %s (expected: %s, as registered)"
                    .formatted(bundle.id(), bundle.folder(), bundle.digest(), registered),
                false));
  }

  private static boolean mayPass(InstalledBundle bundle, Throwable error) {
    log.info("waiting for the registration of {}: {}", bundle.id(), error.toString());
    return !(error instanceof BundleRefusedException refused) || refused.mayPass();
  }
}
