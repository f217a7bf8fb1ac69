package dev.cascadefarm.coordinator.events;

import dev.cascadefarm.common.json.WireJson;
import dev.cascadefarm.common.queue.JobEvent;
import io.vertx.core.Future;
import io.vertx.core.http.HttpServerResponse;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A stream of server-sent events; numbered ones carry their sequence as id. */
final class SseSink implements EventSink {
  private static final Logger log = LoggerFactory.getLogger(SseSink.class);
  private static final int WRITE_QUEUE_BYTES = 64 * 1024;

  private final HttpServerResponse response;

  SseSink(HttpServerResponse response) {
    this.response = response;
    response
        .setChunked(true)
        .putHeader("Content-Type", "text/event-stream; charset=utf-8")
        .putHeader("Cache-Control", "no-store")
        .putHeader("X-Accel-Buffering", "no")
        .setWriteQueueMaxSize(WRITE_QUEUE_BYTES)
        .exceptionHandler(failure -> log.debug("stream failed", failure));
    quiet(response.write("retry: 1000\n\n"));
  }

  @Override
  public void send(JobEvent event) {
    String id = event.seq() == null ? "" : "id: " + event.seq() + "\n";
    quiet(
        response.write(
            id + "event: " + event.type() + "\ndata: " + WireJson.write(event) + "\n\n"));
  }

  @Override
  public boolean full() {
    return response.writeQueueFull();
  }

  @Override
  public void onDrain(Runnable action) {
    response.drainHandler(nothing -> action.run());
  }

  @Override
  public void onClose(Runnable action) {
    response.endHandler(nothing -> action.run());
    response.closeHandler(nothing -> action.run());
  }

  @Override
  public void ping() {
    quiet(response.write(": ping\n\n"));
  }

  @Override
  public void finish() {
    quiet(response.end());
  }

  @Override
  public void abort(Reason reason) {
    switch (reason) {
      case SLOW -> quiet(response.reset());
      case STOPPING -> quiet(response.end());
    }
  }

  private static void quiet(Future<Void> written) {
    written.onFailure(failure -> log.debug("not written", failure));
  }
}
