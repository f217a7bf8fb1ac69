package dev.cascadefarm.common.queue;

import dev.cascadefarm.common.bus.FarmBus;
import dev.cascadefarm.common.cascade.BundleId;
import dev.cascadefarm.common.queue.TaskQueue.Claim;
import dev.cascadefarm.common.queue.TaskQueue.LeasedTask;
import dev.cascadefarm.testing.fault.FaultProxy;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.redis.client.Command;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;

/**
 * A queue that reaches an empty Redis through a proxy, and a way round the proxy for the test. Its
 * reaper waits for nothing.
 */
final class FaultyQueue implements AutoCloseable {
  static final Duration DEADLINE = Duration.ofMillis(300);
  private static final Duration PATIENCE = Duration.ofSeconds(20);

  final Vertx vertx = Vertx.vertx();
  final FaultProxy proxy;
  final RawRedis raw;
  final RedisQueue queue;

  /** How often a call had to be repeated. */
  final AtomicInteger repeats = new AtomicInteger();

  FaultyQueue(String url, UnaryOperator<QueueConfig> change) {
    raw = new RawRedis(vertx, url);
    empty();
    proxy = FaultProxy.redis(url, Scripts.names(), 1);
    queue =
        new RedisQueue(
            vertx,
            config(change),
            new FarmBus(vertx.eventBus()),
            new ReapGuard(Duration.ZERO, System.nanoTime()));
    QueueFixture.await(queue.start());
  }

  FaultyQueue(String url) {
    this(url, config -> config);
  }

  /** Another process on the same Redis, through the same proxy. */
  RedisQueue another(UnaryOperator<QueueConfig> change) {
    return new RedisQueue(vertx, config(change), new FarmBus(vertx.eventBus()));
  }

  private QueueConfig config(UnaryOperator<QueueConfig> change) {
    return change.apply(
        QueueConfig.of(proxy.url()).withAllowLossy(true).withCommandDeadline(DEADLINE));
  }

  /** An empty Redis that knows all scripts. */
  void empty() {
    raw.ask(Command.FLUSHALL);
    Scripts.all().forEach(script -> raw.ask(Command.SCRIPT, "LOAD", script.text()));
  }

  /** Repeats the same call until it is answered, as every user of the queue has to. */
  <T> T answered(Supplier<Future<T>> call) {
    long end = System.nanoTime() + PATIENCE.toNanos();
    while (true) {
      try {
        return QueueFixture.await(call.get());
      } catch (QueueUnavailableException e) {
        repeats.incrementAndGet();
        if (System.nanoTime() > end) {
          throw new AssertionError("no answer (expected: within " + PATIENCE + ")", e);
        }
      }
    }
  }

  static Claim claim(String request, BundleId bundle, int count) {
    return new Claim("worker-1", request, bundle, QueueFixture.digest(bundle), count);
  }

  List<LeasedTask> claimed(BundleId bundle, int count) {
    return claimed("claim-of-" + bundle, bundle, count);
  }

  List<LeasedTask> claimed(String request, BundleId bundle, int count) {
    Claim claim = claim(request, bundle, count);
    return answered(() -> queue.tasks().claim(claim)).tasks();
  }

  void submitted(String job, int n) {
    answered(() -> queue.jobs().submit(QueueFixture.submission(job, n)));
  }

  @Override
  public void close() {
    raw.close();
    QueueFixture.await(queue.close());
    QueueFixture.await(vertx.close());
    proxy.close();
  }
}
