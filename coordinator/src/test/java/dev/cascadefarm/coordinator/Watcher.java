package dev.cascadefarm.coordinator;

import static dev.cascadefarm.coordinator.CoordinatorFixture.await;

import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.http.WebSocket;
import io.vertx.core.http.WebSocketClientOptions;
import io.vertx.core.http.WebSocketConnectOptions;
import io.vertx.core.json.JsonObject;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Predicate;

/** A WebSocket client that keeps all it hears. */
final class Watcher {
  private final WebSocket socket;
  private final List<JsonObject> heard = new CopyOnWriteArrayList<>();
  private final Promise<Integer> closed = Promise.promise();
  private volatile Predicate<JsonObject> awaited = event -> false;
  private volatile Promise<JsonObject> found = Promise.promise();

  private Watcher(WebSocket socket) {
    this.socket = socket;
  }

  /** Watches a job; {@code query} is for example {@code ?after=3}. */
  static Watcher of(Vertx vertx, int port, String job, String query) {
    WebSocketConnectOptions options =
        new WebSocketConnectOptions()
            .setHost("127.0.0.1")
            .setPort(port)
            .setURI("/v1/jobs/" + job + "/events" + query);
    WebSocketClientOptions limits = new WebSocketClientOptions().setMaxMessageSize(1 << 20);
    return await(
        vertx
            .createWebSocketClient(limits)
            .connect(options)
            .map(socket -> new Watcher(socket).listen()));
  }

  private Watcher listen() {
    socket.textMessageHandler(this::hear);
    socket.closeHandler(nothing -> closed.complete((int) socket.closeStatusCode()));
    return this;
  }

  private synchronized void hear(String message) {
    JsonObject event = new JsonObject(message);
    heard.add(event);
    if (awaited.test(event)) {
      found.tryComplete(event);
    }
  }

  /** The first event of that type, heard already or to come. */
  JsonObject next(String type) {
    Future<JsonObject> event;
    synchronized (this) {
      awaited = each -> each.getString("type").equals(type);
      found = Promise.promise();
      event = found.future();
      heard.stream().filter(awaited).findFirst().ifPresent(found::tryComplete);
    }
    return await(event);
  }

  List<JsonObject> heard() {
    return List.copyOf(heard);
  }

  /** Sequences of the numbered events in the order heard. */
  List<Long> sequences() {
    return heard.stream()
        .filter(event -> event.containsKey("seq"))
        .map(event -> event.getLong("seq"))
        .toList();
  }

  /** Waits for the end; the close code. */
  int closeCode() {
    return await(closed.future());
  }

  void pause() {
    socket.pause();
  }

  void resume() {
    socket.resume();
  }

  void say(String text) {
    await(socket.writeTextMessage(text));
  }

  void leave() {
    await(socket.close());
  }
}
