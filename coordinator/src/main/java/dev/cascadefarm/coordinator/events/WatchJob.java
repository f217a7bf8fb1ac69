package dev.cascadefarm.coordinator.events;

import com.fasterxml.jackson.databind.node.LongNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import dev.cascadefarm.common.json.WireJson;
import dev.cascadefarm.common.queue.JobQueue;
import dev.cascadefarm.common.queue.JobQueue.EventPage;
import dev.cascadefarm.common.schema.Fault;
import dev.cascadefarm.coordinator.access.Caller;
import dev.cascadefarm.coordinator.contract.CheckedRequest;
import dev.cascadefarm.coordinator.events.EventFeed.Watch;
import dev.cascadefarm.coordinator.problem.Problem;
import dev.cascadefarm.coordinator.problem.ProblemException;
import io.vertx.core.Future;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.ext.web.RoutingContext;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/** {@code GET /v1/jobs/{id}/events} in its three forms. */
public final class WatchJob {
  private static final int DEFAULT_PAGE = 200;

  private final JobQueue queue;
  private final EventHub hub;
  private final Duration deadline;

  public WatchJob(JobQueue queue, EventHub hub, Duration deadline) {
    this.queue = queue;
    this.hub = hub;
    this.deadline = deadline;
  }

  /** Answers a request that fits the contract. */
  public void handle(RoutingContext context, CheckedRequest request) {
    if (isWebSocket(context.request())) {
      openSocket(context, request);
    } else if (accepts(context.request(), "text/event-stream")) {
      openStream(context, request);
    } else {
      sendPage(context, request);
    }
  }

  private void openSocket(RoutingContext context, CheckedRequest request) {
    // why: what the client sends before the upgrade is done must wait for it
    context.request().pause();
    Watch watch = watch(context, request, request.number("after", 0));
    checked(watch, 1)
        .compose(page -> roomFor(page))
        .compose(page -> context.request().toWebSocket())
        .onSuccess(socket -> hub.add(watch, new WebSocketSink(socket)))
        .onFailure(failure -> refuse(context, failure));
  }

  private static void refuse(RoutingContext context, Throwable failure) {
    context.request().resume();
    context.fail(failure);
  }

  private void openStream(RoutingContext context, CheckedRequest request) {
    long after = request.number("Last-Event-ID", request.number("after", 0));
    Watch watch = watch(context, request, after);
    checked(watch, 1)
        .compose(page -> roomFor(page))
        .onSuccess(page -> stream(context, watch, page))
        .onFailure(context::fail);
  }

  private void stream(RoutingContext context, Watch watch, EventPage page) {
    if (context.response().closed()) {
      return;
    }
    if (page.state().terminal() && watch.after() >= page.last()) {
      // why: 204 is how a server tells an EventSource to stop coming back
      end(context, 204);
      return;
    }
    hub.add(watch, new SseSink(context.response()));
  }

  private void sendPage(RoutingContext context, CheckedRequest request) {
    Watch watch = watch(context, request, request.number("after", 0));
    checked(watch, (int) request.number("limit", DEFAULT_PAGE))
        .onSuccess(page -> context.json(document(page)))
        .onFailure(context::fail);
  }

  private static void end(RoutingContext context, int status) {
    context.response().setStatusCode(status).end().onFailure(context::fail);
  }

  private static Watch watch(RoutingContext context, CheckedRequest request, long after) {
    return new Watch(Caller.of(context).tenant(), request.text("id"), after);
  }

  private Future<EventPage> checked(Watch watch, int limit) {
    return queue
        .events(watch.tenant(), watch.job(), watch.after(), limit)
        .timeout(deadline.toMillis(), TimeUnit.MILLISECONDS)
        .map(page -> known(watch, page));
  }

  private static EventPage known(Watch watch, Optional<EventPage> page) {
    EventPage found = page.orElseThrow(() -> noSuchJob(watch.job()));
    if (watch.after() > found.last()) {
      String expected = "integer from 0 to " + found.last() + ", the newest event";
      throw new ProblemException(
          Problem.invalid(List.of(Fault.of("after", LongNode.valueOf(watch.after()), expected))));
    }
    return found;
  }

  private static ProblemException noSuchJob(String job) {
    return new ProblemException(
        Problem.notFound(Fault.of("id", TextNode.valueOf(job), "the id of a job")));
  }

  private Future<EventPage> roomFor(EventPage page) {
    return hub.crowded()
        ? Future.failedFuture(
            new ProblemException(
                Problem.later(
                    503,
                    "too-many-streams",
                    "The coordinator has no room for one more stream",
                    "streams: " + hub.open() + " (expected: fewer)",
                    5)))
        : Future.succeededFuture(page);
  }

  private static ObjectNode document(EventPage page) {
    ObjectNode document = WireJson.object();
    document.set("events", WireJson.MAPPER.valueToTree(page.events()));
    return document.put("last", page.last()).put("status", page.state().word());
  }

  private static boolean isWebSocket(HttpServerRequest request) {
    String upgrade = request.getHeader("Upgrade");
    return upgrade != null && upgrade.toLowerCase(Locale.ROOT).equals("websocket");
  }

  private static boolean accepts(HttpServerRequest request, String mediaType) {
    String accept = request.getHeader("Accept");
    return accept != null && accept.toLowerCase(Locale.ROOT).contains(mediaType);
  }
}
