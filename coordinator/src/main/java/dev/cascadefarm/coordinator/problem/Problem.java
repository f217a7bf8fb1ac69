package dev.cascadefarm.coordinator.problem;

import dev.cascadefarm.common.schema.Fault;
import java.util.List;
import java.util.Map;

/**
 * A problem document about to be sent.
 *
 * @param kind last part of the document's type
 * @param title the same for every problem of that kind
 * @param detail this one in words
 * @param errors faults of the request, each with its field; may be empty
 * @param headers what else the answer carries, for example {@code Retry-After}
 */
public record Problem(
    int status,
    String kind,
    String title,
    String detail,
    List<Fault> errors,
    Map<String, String> headers) {
  private static final String TYPE_PREFIX = "urn:cascade-farm:problem:";

  public Problem {
    errors = List.copyOf(errors);
    headers = Map.copyOf(headers);
  }

  /** The document's {@code type}. */
  public String type() {
    return TYPE_PREFIX + kind;
  }

  /** The request has faults. */
  public static Problem invalid(List<Fault> faults) {
    return new Problem(
        400,
        "invalid-request",
        "The request does not fit the contract",
        Fault.describe(faults),
        faults,
        Map.of());
  }

  /** The request's body is not JSON. */
  public static Problem malformed(String detail) {
    return of(400, "malformed-json", "The body is not JSON", detail);
  }

  /** There is no such thing. */
  public static Problem notFound(Fault fault) {
    return new Problem(
        404, "not-found", "There is no such thing", fault.toString(), List.of(fault), Map.of());
  }

  /** Something the farm needs does not answer. */
  public static Problem unavailable(String detail) {
    return later(503, "unavailable", "The farm cannot do this now", detail, 2);
  }

  /** Try again after a while. */
  public static Problem later(
      int status, String kind, String title, String detail, int retryAfterSeconds) {
    Map<String, String> headers = Map.of("Retry-After", Integer.toString(retryAfterSeconds));
    return new Problem(status, kind, title, detail, List.of(), headers);
  }

  /** A problem with no more to say. */
  public static Problem of(int status, String kind, String title, String detail) {
    return new Problem(status, kind, title, detail, List.of(), Map.of());
  }
}
