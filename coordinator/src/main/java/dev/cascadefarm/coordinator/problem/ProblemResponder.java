package dev.cascadefarm.coordinator.problem;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.cascadefarm.common.cascade.InvalidRequestException;
import dev.cascadefarm.common.json.WireJson;
import dev.cascadefarm.common.queue.QueueRefusedException;
import dev.cascadefarm.common.queue.QueueUnavailableException;
import dev.cascadefarm.common.schema.Fault;
import dev.cascadefarm.common.store.StoreUnavailableException;
import io.vertx.core.http.HttpClosedException;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.ext.web.RoutingContext;
import io.vertx.ext.web.handler.HttpException;
import java.util.Map;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Answers failed requests with problem documents; never with a stack trace. Thread-safe. */
public final class ProblemResponder {
  private static final Logger log = LoggerFactory.getLogger(ProblemResponder.class);

  /** Where a request's context says how many bytes its body may have, as a {@code Long}. */
  public static final String BODY_LIMIT = "farm.body-limit";

  private static final long MEBIBYTE = 1 << 20;
  private static final String MEDIA_TYPE = "application/problem+json";

  /** Titles of what the router itself refuses. */
  private static final Map<Integer, String> ROUTER_TITLES =
      Map.of(
          400, "The request cannot be read",
          404, "There is no such thing",
          405, "The method does not fit the address",
          406, "No such representation",
          415, "The body's media type does not fit");

  /** Handles a failed {@link RoutingContext}. */
  public void handle(RoutingContext context) {
    Problem problem =
        context.statusCode() == 413
            ? tooLarge(context.get(BODY_LIMIT, MEBIBYTE))
            : problemOf(context.failure(), context.statusCode());
    respond(context, problem);
  }

  /** Answers with {@code failure}'s problem. */
  public void handle(RoutingContext context, ProblemException failure) {
    respond(context, failure.problem());
  }

  private static void respond(RoutingContext context, Problem problem) {
    if (context.failure() instanceof HttpClosedException) {
      log.debug("the client left before it had said all", context.failure());
    } else if (problem.status() >= 500 && problem.headers().isEmpty()) {
      log.error(
          "{} {} failed", context.request().method(), context.request().path(), context.failure());
    }
    send(context.response(), problem);
  }

  private static void send(HttpServerResponse response, Problem problem) {
    if (response.ended() || response.closed()) {
      return;
    }
    if (response.headWritten()) {
      response.reset();
      return;
    }
    problem.headers().forEach(response::putHeader);
    response
        .setStatusCode(problem.status())
        .putHeader("Content-Type", MEDIA_TYPE)
        .putHeader("Cache-Control", "no-store")
        .end(document(problem).toString())
        .onFailure(failure -> log.debug("the client left before its answer", failure));
  }

  static Problem problemOf(@Nullable Throwable failure, int status) {
    if (failure instanceof ProblemException known) {
      return known.problem();
    }
    if (failure instanceof InvalidRequestException invalid) {
      return Problem.invalid(invalid.faults());
    }
    if (failure instanceof QueueUnavailableException || failure instanceof TimeoutException) {
      return Problem.unavailable("the queue does not answer; repeat the same request");
    }
    if (failure instanceof StoreUnavailableException) {
      return Problem.unavailable("the artifact store does not answer; repeat the same request");
    }
    if (failure instanceof QueueRefusedException) {
      return Problem.unavailable("the queue belongs to another version of the farm or its bundles");
    }
    int code = failure instanceof HttpException http ? http.getStatusCode() : status;
    String title = ROUTER_TITLES.get(code);
    return title == null
        ? Problem.of(500, "internal", "The farm has a fault", "see the coordinator's log")
        : Problem.of(code, "http-" + code, title, "see /openapi.yaml");
  }

  private static Problem tooLarge(long limit) {
    String most = limit % MEBIBYTE == 0 ? limit / MEBIBYTE + " MiB" : limit + " bytes";
    return Problem.of(
        413,
        "http-413",
        "The body is too large",
        "body: too large (expected: at most " + most + ")");
  }

  private static ObjectNode document(Problem problem) {
    ObjectNode document = WireJson.object();
    document.put("type", problem.type()).put("title", problem.title());
    document.put("status", problem.status()).put("detail", problem.detail());
    if (!problem.errors().isEmpty()) {
      ArrayNode errors = document.putArray("errors");
      problem.errors().forEach(fault -> errors.add(error(fault)));
    }
    return document;
  }

  private static ObjectNode error(Fault fault) {
    ObjectNode error = WireJson.object().put("field", fault.field());
    if (fault.value() != null) {
      error.set("value", fault.value());
    }
    return error.put("found", fault.found()).put("expected", fault.expected());
  }
}
