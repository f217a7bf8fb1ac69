package dev.cascadefarm.coordinator.access;

import io.vertx.ext.web.RoutingContext;
import java.util.Optional;

/**
 * Who sends a request.
 *
 * @param name what the log of actions calls them
 */
public record Caller(String tenant, Role role, String name) {
  /** The tenant of those who need not say who they are. */
  public static final String DEFAULT_TENANT = "default";

  /** Who sends requests to a farm without tokens, and who holds the farm's own token. */
  public static final Caller ADMINISTRATOR = of(DEFAULT_TENANT, Role.ADMIN);

  private static final String KEY = Caller.class.getName();

  /** A caller without a name of its own. */
  public static Caller of(String tenant, Role role) {
    return new Caller(tenant, role, tenant + "/" + role.word());
  }

  /** Who sends that request, which has been let in. */
  public static Caller of(RoutingContext context) {
    return find(context)
        .orElseThrow(() -> new IllegalStateException("caller: none (expected: of this request)"));
  }

  /** Who sends that request; empty if nobody has asked. */
  public static Optional<Caller> find(RoutingContext context) {
    return Optional.ofNullable(context.get(KEY));
  }

  /** Notes that this is who sends that request. */
  public void sends(RoutingContext context) {
    context.put(KEY, this);
  }
}
