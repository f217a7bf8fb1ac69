package dev.cascadefarm.coordinator.api;

import com.fasterxml.jackson.databind.node.TextNode;
import dev.cascadefarm.common.schema.Fault;
import dev.cascadefarm.coordinator.contract.CheckedRequest;
import dev.cascadefarm.coordinator.problem.Problem;
import dev.cascadefarm.coordinator.problem.ProblemException;
import io.vertx.core.Future;
import java.util.List;
import java.util.function.BiFunction;

/** Lists that are asked for a page at a time. */
final class Pages {
  private static final int DEFAULT_PAGE = 20;

  private Pages() {}

  /** The page that a request asks for. */
  static <T> Future<T> read(CheckedRequest request, BiFunction<String, Integer, Future<T>> page) {
    String cursor = request.optionalText("cursor").orElse("");
    return from(cursor, (int) request.number("limit", DEFAULT_PAGE), page);
  }

  /** The page from a cursor that a client has brought. */
  static <T> Future<T> from(String cursor, int limit, BiFunction<String, Integer, Future<T>> page) {
    return Future.succeededFuture()
        .compose(nothing -> page.apply(cursor, limit))
        .recover(failure -> Future.failedFuture(cursorFault(failure, cursor)));
  }

  /** Only the queue can tell whether a cursor is one of its own. */
  private static Throwable cursorFault(Throwable failure, String cursor) {
    return failure instanceof IllegalArgumentException
        ? new ProblemException(
            Problem.invalid(
                List.of(
                    Fault.of("cursor", TextNode.valueOf(cursor), "the next of an earlier page"))))
        : failure;
  }
}
