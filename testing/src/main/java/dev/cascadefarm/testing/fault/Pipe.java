package dev.cascadefarm.testing.fault;

import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.net.NetSocket;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;

/**
 * One way of a connection: in order, and late, slow, in pieces or not at all, as the link says.
 * Confined to the proxy's event loop.
 */
final class Pipe {
  private static final int FULL_BYTES = 1 << 20;

  private final Vertx vertx;
  private final NetSocket to;
  private final Link.Silence way;
  private final Supplier<Link> link;
  private final RandomGenerator random;
  private final Deque<Parcel> parcels = new ArrayDeque<>();
  private Runnable onRoom = () -> {};
  private Runnable onEnd = () -> {};
  private long queuedBytes;
  private long lastDueNanos = System.nanoTime();
  private boolean pumping;
  private boolean ended;
  private boolean deaf;

  Pipe(Vertx vertx, NetSocket to, Link.Silence way, Supplier<Link> link, RandomGenerator random) {
    this.vertx = vertx;
    this.to = to;
    this.way = way;
    this.link = link;
    this.random = random;
  }

  private record Parcel(Buffer bytes, long dueNanos) {}

  /** What to do whenever there may be room again. */
  void onRoom(Runnable action) {
    onRoom = action;
  }

  /** Whether whoever fills this pipe should wait. */
  boolean full() {
    return queuedBytes >= FULL_BYTES;
  }

  void send(Buffer bytes) {
    Link now = link.get();
    deaf |= now.silence().covers(way);
    if (deaf || ended) {
      return;
    }
    lastDueNanos = Math.max(lastDueNanos, System.nanoTime() + now.delayNanos(random));
    int piece = now.piece();
    for (int at = 0; at < bytes.length(); at += Math.min(piece, bytes.length() - at)) {
      Buffer part = bytes.slice(at, at + Math.min(piece, bytes.length() - at));
      lastDueNanos += now.transmissionNanos(part.length());
      parcels.add(new Parcel(part, lastDueNanos));
    }
    queuedBytes += bytes.length();
    pump();
  }

  /** Sends no more than it has; then does the last thing, unless nobody is to hear of the end. */
  void end(Runnable last) {
    if (!ended && !deaf) {
      ended = true;
      onEnd = last;
      pump();
    }
  }

  private void pump() {
    Parcel next = parcels.peek();
    if (pumping) {
      return;
    }
    if (next == null) {
      drained();
    } else if (next.dueNanos - System.nanoTime() > 0) {
      pumping = true;
      long millis = (next.dueNanos - System.nanoTime()) / 1_000_000;
      vertx.setTimer(Math.max(1, millis), id -> pumpOn());
    } else if (to.writeQueueFull()) {
      pumping = true;
      to.drainHandler(v -> pumpOn());
    } else {
      pass(parcels.remove());
    }
  }

  private void drained() {
    if (ended) {
      onEnd.run();
    }
  }

  // The next piece goes in a turn of its own, so that pieces are not joined again.
  private void pass(Parcel parcel) {
    pumping = true;
    queuedBytes -= parcel.bytes.length();
    // A failed write ends the connection, which its close handler sees.
    var unused = to.write(parcel.bytes);
    onRoom.run();
    vertx.runOnContext(v -> pumpOn());
  }

  private void pumpOn() {
    pumping = false;
    pump();
  }
}
