package dev.cascadefarm.testing.fault;

import io.netty.channel.Channel;
import io.netty.channel.ChannelOption;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.internal.net.NetSocketInternal;
import io.vertx.core.net.NetSocket;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.function.Consumer;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * A client's connection and the one to the server behind it, with the requests between them whose
 * replies are outstanding. Confined to the proxy's event loop.
 */
final class Connection {
  private static final int MAX_PENDING = 1_024;
  private static final int MAX_MESSAGE_BYTES = 64 << 20;

  private final Ends ends;
  private final Protocol protocol;
  private final RuleBook book;
  private final RandomGenerator random;
  private final Deque<Exchange> pending = new ArrayDeque<>();
  private final List<Buffer> held = new ArrayList<>();
  private Buffer requests = Buffer.buffer();
  private Buffer replies = Buffer.buffer();
  private boolean holding;
  private boolean silent;
  private boolean clientGone;

  Connection(Ends ends, Protocol protocol, RuleBook book, RandomGenerator random) {
    this.ends = ends;
    this.protocol = protocol;
    this.book = book;
    this.random = random;
  }

  /** Both sockets and the ways to them. */
  record Ends(NetSocket client, NetSocket server, Pipe toClient, Pipe toServer) {}

  /**
   * A request on its way.
   *
   * @param answer the proxy's own reply; absent if the server's is awaited
   * @param heard whether the client gets the reply at all
   */
  private record Exchange(Call call, Mishap mishap, @Nullable Buffer answer, boolean heard) {}

  /**
   * Begins to pass bytes on.
   *
   * @param onDefect hears of what the proxy does not understand
   * @param onEnd called when both ends are closed
   */
  void open(Consumer<Throwable> onDefect, Consumer<Connection> onEnd) {
    ends.client.handler(bytes -> guarded(() -> fromClient(bytes), onDefect));
    ends.server.handler(bytes -> guarded(() -> fromServer(bytes), onDefect));
    ends.toServer.onRoom(this::throttle);
    ends.toClient.onRoom(this::throttle);
    ends.client.closeHandler(v -> clientClosed());
    ends.server.closeHandler(v -> serverClosed(onEnd));
    ends.client.exceptionHandler(cause -> {});
    ends.server.exceptionHandler(cause -> {});
    throttle();
  }

  private void guarded(Runnable step, Consumer<Throwable> onDefect) {
    try {
      step.run();
      throttle();
    } catch (RuntimeException e) {
      onDefect.accept(e);
      reset();
    }
  }

  private void throttle() {
    if (ends.toServer.full() || pending.size() >= MAX_PENDING) {
      ends.client.pause();
    } else {
      ends.client.resume();
    }
    if (ends.toClient.full()) {
      ends.server.pause();
    } else {
      ends.server.resume();
    }
  }

  private void fromClient(Buffer bytes) {
    requests = joined(requests, bytes);
    int length = protocol.requestLength(requests);
    while (length != Protocol.INCOMPLETE && !silent) {
      Buffer request = requests.getBuffer(0, length);
      requests = requests.getBuffer(length, requests.length());
      request(request);
      length = protocol.requestLength(requests);
    }
  }

  private Buffer joined(Buffer before, Buffer bytes) {
    if (silent) {
      return Buffer.buffer();
    }
    if (before.length() > MAX_MESSAGE_BYTES) {
      throw new IllegalStateException(
          "message: %d bytes so far (expected: at most %d)"
              .formatted(before.length(), MAX_MESSAGE_BYTES));
    }
    return before.appendBuffer(bytes);
  }

  private void request(Buffer request) {
    Call call = protocol.call(request);
    Mishap mishap = book.judge(call);
    holding |= mishap instanceof Mishap.Hold;
    if (mishap instanceof Mishap.Answer answer) {
      pending.add(new Exchange(call, mishap, answer.reply(), true));
      flushAnswers();
    } else if (mishap instanceof Mishap.RequestCut cut) {
      ends.toServer.send(request.slice(0, Math.min(cut.bytes(), request.length())));
      ends.toServer.end(this::reset);
    } else if (mishap instanceof Mishap.Silence silence) {
      silent = true;
      ends.toServer.send(silence.delivered() ? request : Buffer.buffer());
    } else if (mishap instanceof Mishap.Stuck) {
      silent = true;
      ends.toServer.send(request.slice(0, request.length() - 1));
    } else {
      deliver(call, mishap, request);
    }
  }

  private void deliver(Call call, Mishap mishap, Buffer request) {
    if (mishap instanceof Mishap.Repeat) {
      pending.add(new Exchange(call, mishap, null, false));
      pass(request);
    }
    pending.add(new Exchange(call, mishap, null, true));
    pass(request);
  }

  private void pass(Buffer request) {
    if (holding) {
      held.add(request);
    } else {
      ends.toServer.send(request);
    }
  }

  /** Lets go of what waits in the network. */
  void release() {
    if (!holding) {
      return;
    }
    holding = false;
    held.forEach(ends.toServer::send);
    held.clear();
    if (clientGone) {
      ends.toServer.end(ends.server::end);
    }
  }

  private void fromServer(Buffer bytes) {
    replies = joined(replies, bytes);
    while (replies.length() > 0 && !silent) {
      Exchange exchange = pending.peek();
      int length =
          exchange == null ? replies.length() : protocol.replyLength(replies, exchange.call);
      if (length == Protocol.INCOMPLETE) {
        return;
      }
      Buffer reply = replies.getBuffer(0, length);
      replies = replies.getBuffer(length, replies.length());
      pending.poll();
      reply(exchange, reply);
      flushAnswers();
    }
  }

  private void reply(@Nullable Exchange exchange, Buffer reply) {
    if (exchange == null) {
      ends.toClient.send(reply);
    } else if (exchange.mishap instanceof Mishap.ReplyCut cut) {
      ends.toClient.send(reply.slice(0, Math.min(cut.bytes(), reply.length())));
      ends.toClient.end(this::reset);
    } else if (exchange.mishap instanceof Mishap.Spoil) {
      ends.toClient.send(spoilt(reply));
    } else if (exchange.heard) {
      ends.toClient.send(reply);
    }
  }

  private Buffer spoilt(Buffer reply) {
    int body = protocol.bodyStart(reply);
    if (body < reply.length()) {
      int at = random.nextInt(body, reply.length());
      reply.setByte(at, (byte) (reply.getByte(at) ^ 1 << random.nextInt(8)));
    }
    return reply;
  }

  private void flushAnswers() {
    for (Exchange next = pending.peek();
        next != null && next.answer != null;
        next = pending.peek()) {
      ends.toClient.send(next.answer);
      pending.remove();
    }
  }

  private void clientClosed() {
    clientGone = true;
    if (held.isEmpty() && !silent) {
      ends.toServer.end(ends.server::end);
    }
  }

  private void serverClosed(Consumer<Connection> onEnd) {
    if (!silent) {
      ends.toClient.end(ends.client::end);
    }
    onEnd.accept(this);
  }

  /** Both ends see a reset, now. */
  void reset() {
    reset(ends.client);
    reset(ends.server);
  }

  static void reset(NetSocket socket) {
    Channel channel = channel(socket);
    if (channel.isActive()) {
      channel.config().setOption(ChannelOption.SO_LINGER, 0);
      // Its end is heard by the close handler.
      var unused = channel.close();
    }
  }

  static boolean alive(NetSocket socket) {
    return channel(socket).isActive();
  }

  private static Channel channel(NetSocket socket) {
    return ((NetSocketInternal) socket).channelHandlerContext().channel();
  }
}
