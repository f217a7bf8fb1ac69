package dev.cascadefarm.common.queue;

import io.vertx.core.Context;
import io.vertx.core.Deployable;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.net.NetClientOptions;
import io.vertx.redis.client.Command;
import io.vertx.redis.client.ProtocolVersion;
import io.vertx.redis.client.Redis;
import io.vertx.redis.client.RedisConnection;
import io.vertx.redis.client.RedisOptions;
import io.vertx.redis.client.Request;
import io.vertx.redis.client.Response;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One connection to Redis that comes back: at most one attempt at a time, with decorrelated jitter,
 * on an event loop of its own. It looks for a silent peer by itself. Thread-safe.
 */
final class RedisLink implements Deployable {
  /*
   * All mutable state belongs to the context given at deployment. A pooled connection's close() only
   * hands it back, so the socket is closed by closing the client that owns it: one client for each
   * connection.
   */
  private static final Logger log = LoggerFactory.getLogger(RedisLink.class);
  private static final long FIRST_PAUSE_MS = 100;
  private static final int PAUSES_PER_LEASE = 6;
  private static final long PING_MS = 2_000;

  private final Vertx vertx;
  private final QueueConfig config;
  private final AtomicLong lastFaultNanos = new AtomicLong(System.nanoTime());
  private Attempt current = new Attempt();
  private long pauseMs = FIRST_PAUSE_MS;
  private long pingTimer;
  private boolean closed;
  private volatile @Nullable Context context;

  /** Why there is no connection, while there is none. */
  private @Nullable Throwable problem;

  RedisLink(Vertx vertx, QueueConfig config) {
    this.vertx = vertx;
    this.config = config;
  }

  /** A connection, or an attempt at one, with the client that owns its socket. */
  private static final class Attempt {
    private final Promise<RedisConnection> promise = Promise.promise();
    private @Nullable Redis client;
    private boolean over;
  }

  @Override
  public Future<?> deploy(Context given) {
    context = given;
    connect(current);
    pingTimer = vertx.setPeriodic(PING_MS, id -> ping());
    return Future.succeededFuture();
  }

  @Override
  public Future<?> undeploy(Context given) {
    shut();
    return Future.succeededFuture();
  }

  /** Ends the link for good. */
  Future<Void> close() {
    Context own = context;
    if (own == null) {
      return Future.succeededFuture();
    }
    Promise<Void> promise = Promise.promise();
    own.runOnContext(
        v -> {
          shut();
          promise.complete();
        });
    return promise.future();
  }

  private void shut() {
    closed = true;
    vertx.cancelTimer(pingTimer);
    end(current);
    current.promise.tryFail(new QueueUnavailableException("Redis: the link was closed"));
  }

  /** By {@link System#nanoTime}: when this link was made, or last cut, slow, down or refused. */
  long lastFaultNanos() {
    return lastFaultNanos.get();
  }

  /** Sends one command before {@code deadlineNanos}; a command that is late is not sent at all. */
  Future<@Nullable Response> send(Request request, long deadlineNanos) {
    Promise<@Nullable Response> promise = Promise.promise();
    Context own = context;
    if (own == null) {
      return Future.failedFuture(new QueueUnavailableException("Redis: the link is not started"));
    }
    own.runOnContext(v -> sendHere(request, deadlineNanos).onComplete(promise));
    return promise.future();
  }

  private Future<@Nullable Response> sendHere(Request request, long deadlineNanos) {
    Attempt attempt = current;
    return within(deadlineNanos, attempt.promise.future())
        .compose(connection -> write(attempt, connection, request, deadlineNanos));
  }

  private Future<@Nullable Response> write(
      Attempt attempt, RedisConnection connection, Request request, long deadlineNanos) {
    if (deadlineNanos - System.nanoTime() <= 0) {
      return Future.failedFuture(noAnswer());
    }
    return within(deadlineNanos, connection.send(request))
        .onSuccess(answer -> pauseMs = FIRST_PAUSE_MS)
        .onFailure(cause -> judge(attempt, cause));
  }

  /** The future's result if it comes in time; both it and the timer are of this link's context. */
  private <T> Future<T> within(long deadlineNanos, Future<T> future) {
    if (future.isComplete()) {
      return future;
    }
    Promise<T> promise = Promise.promise();
    long leftMs = Math.max(1, (deadlineNanos - System.nanoTime()) / 1_000_000);
    long timer = vertx.setTimer(leftMs, id -> promise.fail(noAnswer()));
    future.onComplete(
        done -> {
          if (vertx.cancelTimer(timer)) {
            promise.handle(done);
          }
        });
    return promise.future();
  }

  private QueueUnavailableException noAnswer() {
    Throwable why = problem;
    String message =
        "Redis at %s: no answer (expected: within %d ms)"
            .formatted(config.redisAddress(), config.commandDeadline().toMillis());
    return why == null
        ? new QueueUnavailableException(message)
        : new QueueUnavailableException(message + ": " + why.getMessage(), why);
  }

  /**
   * An answer from Redis, even an error, shows that the connection works; anything else does not. A
   * Redis that refuses everything keeps workers from renewing as much as one that is not there.
   */
  private void judge(Attempt attempt, Throwable cause) {
    if (!RedisFault.answered(cause) || RedisFault.curedByReconnecting(cause)) {
      replace(attempt, cause.toString());
    } else if (RedisFault.notNow(cause)) {
      lastFaultNanos.set(System.nanoTime());
    }
  }

  private void ping() {
    Attempt attempt = current;
    if (attempt.promise.future().succeeded()) {
      long deadline = System.nanoTime() + config.commandDeadline().toNanos();
      // Its outcome is judged where it is sent; nobody waits for the answer.
      var unused =
          write(attempt, attempt.promise.future().result(), Request.cmd(Command.PING), deadline);
    }
  }

  private void replace(Attempt attempt, String reason) {
    lastFaultNanos.set(System.nanoTime());
    if (attempt != current || closed) {
      return;
    }
    log.warn("redis={} connection lost: {}", config.redisAddress(), reason);
    current = new Attempt();
    later(current);
    end(attempt);
  }

  private void later(Attempt attempt) {
    pauseMs =
        Math.min(
            longestPauseMs(),
            ThreadLocalRandom.current().nextLong(FIRST_PAUSE_MS, Math.max(pauseMs * 3, 200)));
    vertx.setTimer(pauseMs, id -> connect(attempt));
  }

  /** Short enough that after an outage every worker renews before a lease is over. */
  private long longestPauseMs() {
    return Math.max(FIRST_PAUSE_MS, config.leases().length().toMillis() / PAUSES_PER_LEASE);
  }

  private void connect(Attempt attempt) {
    if (closed) {
      return;
    }
    Redis client = Redis.createClient(vertx, options());
    attempt.client = client;
    client
        .connect()
        .timeout(config.commandDeadline().toMillis(), TimeUnit.MILLISECONDS)
        .onComplete(connection -> connected(attempt, connection), cause -> retry(attempt, cause));
  }

  private void connected(Attempt attempt, RedisConnection connection) {
    if (closed || attempt.over) {
      end(attempt);
      return;
    }
    problem = null;
    connection.exceptionHandler(cause -> replace(attempt, cause.toString()));
    connection.endHandler(v -> replace(attempt, "closed by the other side"));
    log.info("redis={} connected", config.redisAddress());
    attempt.promise.complete(connection);
  }

  private void retry(Attempt attempt, Throwable cause) {
    lastFaultNanos.set(System.nanoTime());
    if (problem == null) {
      log.warn("redis={} no connection: {}", config.redisAddress(), cause.toString());
    }
    problem = cause;
    later(attempt);
    closeClient(attempt);
  }

  private static void end(Attempt attempt) {
    attempt.over = true;
    closeClient(attempt);
  }

  private static void closeClient(Attempt attempt) {
    Redis client = attempt.client;
    attempt.client = null;
    if (client != null) {
      client.close();
    }
  }

  private RedisOptions options() {
    NetClientOptions net =
        new NetClientOptions()
            .setTcpNoDelay(true)
            .setTcpKeepAlive(true)
            .setConnectTimeout((int) config.commandDeadline().toMillis());
    return new RedisOptions()
        .setConnectionString(config.redisUrl())
        .setNetClientOptions(net)
        .setPreferredProtocolVersion(ProtocolVersion.RESP2)
        .setMaxWaitingHandlers(config.maxInFlight() + 16)
        .setMaxPoolSize(1)
        .setMaxPoolWaiting(1)
        .setPoolCleanerInterval(-1)
        .setPoolRecycleTimeout(-1);
  }
}
