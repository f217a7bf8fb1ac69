package dev.cascadefarm.coordinator.events;

import dev.cascadefarm.common.json.WireJson;
import dev.cascadefarm.common.queue.JobEvent;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.ServerWebSocket;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A WebSocket: each event one text message. */
final class WebSocketSink implements EventSink {
  private static final Logger log = LoggerFactory.getLogger(WebSocketSink.class);
  private static final short NORMAL = 1000;
  private static final short GOING_AWAY = 1001;
  private static final short POLICY = 1008;
  private static final short TRY_AGAIN_LATER = 1013;
  private static final int WRITE_QUEUE_BYTES = 64 * 1024;
  private static final int FRAMES_PER_SECOND = 10;
  private static final long SECOND_NANOS = 1_000_000_000L;

  private final ServerWebSocket socket;
  private long windowStart = System.nanoTime();
  private int windowFrames;

  WebSocketSink(ServerWebSocket socket) {
    this.socket = socket;
    socket.setWriteQueueMaxSize(WRITE_QUEUE_BYTES);
    socket.frameHandler(frame -> countFrame());
    socket.exceptionHandler(failure -> log.debug("socket failed", failure));
  }

  @Override
  public void send(JobEvent event) {
    quiet(socket.writeTextMessage(WireJson.write(event)));
  }

  @Override
  public boolean full() {
    return socket.writeQueueFull();
  }

  @Override
  public void onDrain(Runnable action) {
    socket.drainHandler(nothing -> action.run());
  }

  @Override
  public void onClose(Runnable action) {
    socket.closeHandler(nothing -> action.run());
  }

  @Override
  public void ping() {
    quiet(socket.writePing(Buffer.buffer("farm")));
  }

  @Override
  public void finish() {
    quiet(socket.close(NORMAL, "the job has ended"));
  }

  @Override
  public void abort(Reason reason) {
    quiet(
        switch (reason) {
          case SLOW -> socket.close(TRY_AGAIN_LATER, "not read for too long; continue with after");
          case STOPPING -> socket.close(GOING_AWAY, "the coordinator stops; continue with after");
        });
  }

  /** Clients have nothing to say here; those that talk too much are shown the door. */
  private void countFrame() {
    long now = System.nanoTime();
    if (now - windowStart > SECOND_NANOS) {
      windowStart = now;
      windowFrames = 0;
    }
    windowFrames++;
    if (windowFrames == FRAMES_PER_SECOND + 1) {
      quiet(socket.close(POLICY, "more than " + FRAMES_PER_SECOND + " frames in a second"));
    }
  }

  private static void quiet(Future<Void> written) {
    written.onFailure(failure -> log.debug("not written", failure));
  }
}
