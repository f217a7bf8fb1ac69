package dev.cascadefarm.testing.fault;

import static java.util.concurrent.TimeUnit.SECONDS;

import io.vertx.core.Context;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.net.NetClient;
import io.vertx.core.net.NetServer;
import io.vertx.core.net.NetSocket;
import java.net.URI;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicLong;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * A TCP proxy that behaves as it is told while tests run. It understands Redis or HTTP well enough
 * to strike single exchanges, and changes nothing by itself. Thread-safe; its methods block, until
 * what they ask for is in force.
 */
public final class FaultProxy implements AutoCloseable {
  /* One event loop for all of it, so that nothing needs a lock. */
  private static final String HOST = "127.0.0.1";
  private static final int LIMIT_SECONDS = 10;

  private final Vertx vertx = Vertx.vertx(new VertxOptions().setEventLoopPoolSize(1));
  private final Context context = vertx.getOrCreateContext();
  private final NetServer server = vertx.createNetServer();
  private final NetClient upstream = vertx.createNetClient();
  private final Set<Connection> connections = new LinkedHashSet<>();
  private final AtomicLong accepted = new AtomicLong();
  private final URI target;
  private final Protocol protocol;
  private final RandomGenerator random;
  private final RuleBook book;
  private volatile Link link = Link.CLEAR;
  private boolean refusing;
  private volatile @Nullable Throwable defect;

  private FaultProxy(URI target, Protocol protocol, long seed) {
    this.target = target;
    this.protocol = protocol;
    this.random = new Random(seed);
    this.book = new RuleBook(random);
  }

  /**
   * A proxy in front of a Redis.
   *
   * @param url of the Redis, password and all
   * @param scripts names of scripts, by the SHA-1 of their text
   * @param seed of everything left to chance
   */
  public static FaultProxy redis(String url, Map<String, String> scripts, long seed) {
    return new FaultProxy(URI.create(url), new RespProtocol(Map.copyOf(scripts)), seed).listen();
  }

  /** A proxy in front of an HTTP server. */
  public static FaultProxy http(String url, long seed) {
    return new FaultProxy(URI.create(url), new HttpProtocol(), seed).listen();
  }

  private FaultProxy listen() {
    server.connectHandler(this::welcome);
    try {
      server.listen(0, HOST).await(LIMIT_SECONDS, SECONDS);
      return this;
    } catch (TimeoutException e) {
      throw new IllegalStateException("fault proxy: does not listen", e);
    }
  }

  /** The target's address with the proxy's port. */
  public String url() {
    String user = target.getUserInfo() == null ? "" : target.getUserInfo() + "@";
    String path = target.getPath() == null ? "" : target.getPath();
    return "%s://%s%s:%d%s".formatted(target.getScheme(), user, HOST, server.actualPort(), path);
  }

  /** How bytes travel from now on, on present and future connections. */
  public void link(Link other) {
    onLoop(() -> link = other);
  }

  /** Replaces all rules; their counts begin anew. */
  public void rules(Rule... rules) {
    onLoop(() -> book.replace(List.of(rules)));
  }

  /** Cuts all connections and refuses new ones. */
  public void cut() {
    onLoop(
        () -> {
          refusing = true;
          resetAll();
        });
  }

  /** Resets all connections; new ones are welcome. */
  public void reset() {
    onLoop(this::resetAll);
  }

  /** Delivers requests that were held. */
  public void release() {
    onLoop(() -> List.copyOf(connections).forEach(Connection::release));
  }

  /** Behaves again: a clear link, no rules, open to all. Silent connections stay silent. */
  public void calm() {
    onLoop(
        () -> {
          link = Link.CLEAR;
          refusing = false;
          book.replace(List.of());
        });
  }

  /** How many connections were accepted so far. */
  public long accepted() {
    return accepted.get();
  }

  /** How many connections to the server are open. */
  public int open() {
    Promise<Integer> size = Promise.promise();
    context.runOnContext(v -> size.complete(connections.size()));
    return await(size);
  }

  /** How many requests of that name came by so far. */
  public long seen(String name) {
    return book.seen(name);
  }

  /** How many requests of that name met a mishap so far. */
  public long struck(String name) {
    return book.struck(name);
  }

  /** How many requests met a mishap so far. */
  public long struck() {
    return book.struck();
  }

  private void welcome(NetSocket client) {
    accepted.incrementAndGet();
    if (refusing) {
      Connection.reset(client);
      return;
    }
    client.pause();
    upstream
        .connect(target.getPort(), target.getHost())
        .onSuccess(server -> join(client, server))
        .onFailure(error -> Connection.reset(client));
  }

  private void join(NetSocket client, NetSocket server) {
    if (!Connection.alive(client)) {
      server.close();
      return;
    }
    Connection connection =
        new Connection(
            new Connection.Ends(
                client,
                server,
                new Pipe(vertx, client, Link.Silence.REPLIES, () -> link, random),
                new Pipe(vertx, server, Link.Silence.REQUESTS, () -> link, random)),
            protocol,
            book,
            random);
    connections.add(connection);
    connection.open(error -> defect = error, connections::remove);
  }

  private void resetAll() {
    List.copyOf(connections).forEach(Connection::reset);
  }

  private void onLoop(Runnable change) {
    Promise<Integer> done = Promise.promise();
    context.runOnContext(
        v -> {
          change.run();
          done.complete(0);
        });
    await(done);
  }

  private static int await(Promise<Integer> promise) {
    try {
      return promise.future().await(LIMIT_SECONDS, SECONDS);
    } catch (TimeoutException e) {
      throw new IllegalStateException("fault proxy: its event loop does not answer", e);
    }
  }

  /**
   * Ends all connections.
   *
   * @throws IllegalStateException if there was traffic that it did not understand
   */
  @Override
  public void close() {
    onLoop(this::resetAll);
    try {
      vertx.close().await(LIMIT_SECONDS, SECONDS);
    } catch (TimeoutException e) {
      throw new IllegalStateException("fault proxy: does not close", e);
    }
    if (defect != null) {
      throw new IllegalStateException("fault proxy: traffic not understood", defect);
    }
  }
}
