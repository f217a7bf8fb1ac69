package dev.cascadefarm.standalone.client;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectReader;
import dev.cascadefarm.common.json.WireJson;
import dev.cascadefarm.common.queue.JobEvent;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.UpgradeRejectedException;
import io.vertx.core.http.WebSocket;
import io.vertx.core.http.WebSocketClient;
import io.vertx.core.http.WebSocketConnectOptions;
import java.net.URI;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * One job's events from a number on, over as many connections as it takes. Numbered events reach
 * the listener once each and in order; progress and previews may be lost with a connection.
 *
 * <p>One connection at a time; its event loop is the only one to change a field.
 */
final class EventStream {
  private static final ObjectReader EVENT =
      WireJson.MAPPER
          .readerFor(JobEvent.class)
          .without(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES);
  private static final Set<String> LAST =
      Set.of(JobEvent.JOB_SUCCEEDED, JobEvent.JOB_FAILED, JobEvent.JOB_CANCELLED);
  private static final long PING_MILLIS = 10_000;
  private static final Buffer PING = Buffer.buffer("farm");

  private final Vertx vertx;
  private final WebSocketClient sockets;
  private final Target target;
  private final Consumer<JobEvent> listener;
  private volatile long after;
  private volatile long heard = System.nanoTime();
  private final AtomicInteger attempt = new AtomicInteger();
  private final AtomicInteger failures = new AtomicInteger();

  EventStream(
      Vertx vertx,
      WebSocketClient sockets,
      Target target,
      long after,
      Consumer<JobEvent> listener) {
    this.vertx = vertx;
    this.sockets = sockets;
    this.target = target;
    this.after = after;
    this.listener = listener;
  }

  /** What to listen to, where. */
  record Target(FarmServers servers, Patience patience, @Nullable String token, String job) {}

  /** Completes with the job's last event. */
  Future<JobEvent> run() {
    return connect().compose(this::listen).recover(this::again);
  }

  private Future<WebSocket> connect() {
    URI server = target.servers().at(attempt.get());
    WebSocketConnectOptions options =
        new WebSocketConnectOptions()
            .setHost(server.getHost())
            .setPort(FarmServers.port(server))
            .setSsl(FarmServers.secure(server))
            .setURI("/v1/jobs/" + target.job() + "/events?after=" + after);
    options.setTimeout(target.patience().request().toMillis());
    if (target.token() != null) {
      options.putHeader("Authorization", "Bearer " + target.token());
    }
    return sockets.connect(options);
  }

  private Future<JobEvent> listen(WebSocket socket) {
    Promise<JobEvent> last = Promise.promise();
    long pings = vertx.setPeriodic(PING_MILLIS, id -> socket.writePing(PING));
    socket.textMessageHandler(text -> take(text, last));
    socket.exceptionHandler(last::tryFail);
    socket.closeHandler(closed -> last.tryFail(new ConnectionEndedException(socket)));
    return last.future().eventually(() -> leave(socket, pings));
  }

  private Future<Void> leave(WebSocket socket, long pings) {
    vertx.cancelTimer(pings);
    return socket.isClosed() ? Future.succeededFuture() : socket.close().otherwiseEmpty();
  }

  private void take(String text, Promise<JobEvent> last) {
    heard = System.nanoTime();
    failures.set(0);
    JobEvent event;
    try {
      event = EVENT.readValue(text);
    } catch (JsonProcessingException e) {
      last.tryFail(e);
      return;
    }
    if (event.seq() == null) {
      listener.accept(event);
    } else if (event.seq() == after + 1) {
      after = event.seq();
      listener.accept(event);
      if (LAST.contains(event.type())) {
        last.tryComplete(event);
      }
    } else if (event.seq() > after) {
      // A coordinator that leaves numbers out cannot be believed: ask again from where we are.
      last.tryFail(new ConnectionEndedException(after, event.seq()));
    }
  }

  private Future<JobEvent> again(Throwable failure) {
    if (failure instanceof UpgradeRejectedException refused && !elsewhere(refused)) {
      return Future.failedFuture(ApiException.of(refused.getStatus(), body(refused)));
    }
    if (System.nanoTime() - heard > target.patience().total().toNanos()) {
      return Future.failedFuture(new UnreachableException(target.servers(), failure));
    }
    attempt.incrementAndGet();
    long pause =
        target.patience().pauseMillis(failures.incrementAndGet(), target.servers().count());
    return vertx.timer(pause, TimeUnit.MILLISECONDS).compose(waited -> run());
  }

  private static boolean elsewhere(UpgradeRejectedException refused) {
    return refused.getStatus() >= 500;
  }

  private static String body(UpgradeRejectedException refused) {
    return refused.getBody() == null ? "" : refused.getBody().toString();
  }

  /** A connection that ended before the job's last event. */
  private static final class ConnectionEndedException extends RuntimeException {
    ConnectionEndedException(WebSocket socket) {
      super("event socket closed: " + socket.closeStatusCode() + " (expected: the last event)");
    }

    ConnectionEndedException(long after, long next) {
      super("event number: " + next + " after " + after + " (expected: the next one)");
    }
  }
}
