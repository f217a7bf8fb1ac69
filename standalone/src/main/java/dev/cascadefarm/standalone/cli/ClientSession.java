package dev.cascadefarm.standalone.cli;

import dev.cascadefarm.standalone.client.FarmClient;
import io.vertx.core.Vertx;
import java.util.concurrent.TimeUnit;

/** A client with an event loop of its own, for the length of one command. */
record ClientSession(Vertx vertx, FarmClient client) implements AutoCloseable {
  private static final long CLOSE_SECONDS = 5;

  static ClientSession open(FarmClient.Access access) {
    Vertx vertx = Vertx.vertx();
    return new ClientSession(vertx, FarmClient.create(vertx, access));
  }

  @Override
  public void close() {
    client.close();
    vertx.close().timeout(CLOSE_SECONDS, TimeUnit.SECONDS).otherwiseEmpty().await();
  }
}
