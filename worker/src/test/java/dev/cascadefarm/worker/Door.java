package dev.cascadefarm.worker;

import static java.util.concurrent.TimeUnit.SECONDS;

import io.vertx.core.Vertx;
import io.vertx.core.net.NetServer;
import io.vertx.core.net.NetSocket;
import java.net.URI;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeoutException;

/**
 * A TCP door in front of a server: while it is shut, connections break and new ones are dropped;
 * while it is jammed, nothing goes through and nobody is told.
 */
final class Door implements AutoCloseable {
  private final Vertx vertx = Vertx.vertx();
  private final Set<NetSocket> guests = ConcurrentHashMap.newKeySet();
  private final NetServer server;
  private final int target;
  private volatile boolean shut;
  private volatile boolean jammed;

  Door(String url) throws TimeoutException {
    this.target = URI.create(url).getPort();
    this.server = vertx.createNetServer().connectHandler(this::welcome);
    server.listen(0, "127.0.0.1").await(5, SECONDS);
  }

  String endpoint() {
    return "http://127.0.0.1:" + server.actualPort();
  }

  void shut() {
    shut = true;
    guests.forEach(NetSocket::close);
  }

  /** Jams it for good. */
  void jam() {
    jammed = true;
    guests.forEach(NetSocket::pause);
  }

  void open() {
    shut = false;
  }

  private void welcome(NetSocket guest) {
    if (shut) {
      guest.close();
      return;
    }
    guests.add(guest);
    guest.pause();
    if (jammed) {
      return;
    }
    vertx
        .createNetClient()
        .connect(target, "127.0.0.1")
        .onSuccess(host -> join(guest, host))
        .onFailure(error -> guest.close());
  }

  private void join(NetSocket guest, NetSocket host) {
    guest.closeHandler(
        v -> {
          guests.remove(guest);
          host.close();
        });
    host.closeHandler(v -> guest.close());
    guest.handler(host::write);
    host.handler(guest::write);
    guest.resume();
  }

  @Override
  public void close() throws TimeoutException {
    vertx.close().await(5, SECONDS);
  }
}
