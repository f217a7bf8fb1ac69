package dev.cascadefarm.coordinator.api;

import com.fasterxml.jackson.databind.node.TextNode;
import dev.cascadefarm.common.schema.Fault;
import dev.cascadefarm.coordinator.CoordinatorConfig;
import dev.cascadefarm.coordinator.access.Caller;
import dev.cascadefarm.coordinator.problem.Problem;
import dev.cascadefarm.coordinator.problem.ProblemException;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.net.HostAndPort;
import io.vertx.ext.web.RoutingContext;
import io.vertx.ext.web.handler.SecurityPolicyHandler;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Lets requests in: those from the farm's own pages or from no page at all, with a token where
 * there are any, and notes whose it is. Runs before any body is read.
 */
final class Access implements SecurityPolicyHandler {
  private static final String BEARER = "bearer ";
  private static final String SUBPROTOCOL_BEARER = "bearer.";

  private final CoordinatorConfig config;
  private final Set<String> openPaths;

  Access(CoordinatorConfig config, Set<String> openPaths) {
    this.config = config;
    this.openPaths = openPaths;
  }

  @Override
  public void handle(RoutingContext context) {
    HttpServerRequest request = context.request();
    Optional<Problem> foreign = foreign(request);
    Optional<Caller> caller = caller(request);
    if (foreign.isPresent()) {
      context.fail(new ProblemException(foreign.get()));
    } else if (caller.isEmpty() && !openPaths.contains(context.normalizedPath())) {
      context.fail(new ProblemException(unauthorised()));
    } else {
      caller.ifPresent(known -> known.sends(context));
      context.next();
    }
  }

  private Optional<Problem> foreign(HttpServerRequest request) {
    if (!hostFits(request)) {
      // why: a page of another site whose name was made to point here must not get in
      return Optional.of(forbidden("Host", request.getHeader("Host"), "a name of this machine"));
    }
    if (!originFits(request)) {
      String expected = "the farm's own origin, or a configured one";
      return Optional.of(forbidden("Origin", request.getHeader("Origin"), expected));
    }
    return Optional.empty();
  }

  private boolean hostFits(HttpServerRequest request) {
    @Nullable HostAndPort authority = request.authority();
    return !config.loopback()
        || config.access().locked()
        || (authority != null
            && CoordinatorConfig.isLoopback(authority.host().toLowerCase(Locale.ROOT)));
  }

  private boolean originFits(HttpServerRequest request) {
    @Nullable String origin = request.getHeader("Origin");
    if (origin == null || config.origins().contains(origin)) {
      return true;
    }
    String own = origin.toLowerCase(Locale.ROOT).replaceFirst("^https?://", "");
    return own.equals(authority(request.authority()));
  }

  private static String authority(@Nullable HostAndPort authority) {
    if (authority == null) {
      return "";
    }
    String host = authority.host().toLowerCase(Locale.ROOT);
    return authority.port() < 0 ? host : host + ":" + authority.port();
  }

  private Optional<Caller> caller(HttpServerRequest request) {
    return config.access().locked()
        ? tokens(request).flatMap(token -> config.access().holder(token).stream()).findFirst()
        : Optional.of(Caller.ADMINISTRATOR);
  }

  private static Stream<String> tokens(HttpServerRequest request) {
    String authorization = Optional.ofNullable(request.getHeader("Authorization")).orElse("");
    Stream<String> header =
        authorization.toLowerCase(Locale.ROOT).startsWith(BEARER)
            ? Stream.of(authorization.substring(BEARER.length()).strip())
            : Stream.empty();
    return Stream.concat(header, subprotocolTokens(request));
  }

  private static Stream<String> subprotocolTokens(HttpServerRequest request) {
    return request.headers().getAll("Sec-WebSocket-Protocol").stream()
        .flatMap(header -> Stream.of(header.split(",", -1)))
        .map(String::strip)
        .filter(protocol -> protocol.startsWith(SUBPROTOCOL_BEARER))
        .map(protocol -> protocol.substring(SUBPROTOCOL_BEARER.length()));
  }

  private static Problem unauthorised() {
    return new Problem(
        401,
        "unauthorised",
        "A token is needed",
        "Authorization: missing or wrong (expected: Bearer and an API token of the farm)",
        List.of(),
        Map.of("WWW-Authenticate", "Bearer realm=\"cascade-farm\""));
  }

  private static Problem forbidden(String header, @Nullable String found, String expected) {
    Fault fault =
        found == null
            ? Fault.missing(header, expected)
            : Fault.of(header, TextNode.valueOf(found), expected);
    return new Problem(
        403,
        "forbidden",
        "The request comes from elsewhere",
        fault.toString(),
        List.of(fault),
        Map.of());
  }
}
