package dev.cascadefarm.coordinator.contract;

import com.fasterxml.jackson.databind.node.TextNode;
import dev.cascadefarm.common.schema.Fault;
import dev.cascadefarm.coordinator.access.Caller;
import dev.cascadefarm.coordinator.access.Role;
import dev.cascadefarm.coordinator.problem.Problem;
import dev.cascadefarm.coordinator.problem.ProblemException;
import io.vertx.core.Handler;
import io.vertx.core.Vertx;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import io.vertx.ext.web.openapi.router.OpenAPIRoute;
import io.vertx.ext.web.openapi.router.RouterBuilder;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.BiConsumer;
import java.util.stream.Collectors;

/** Builds a router from the contract: one handler for each operation, called only if all fits. */
public final class ContractRouter {
  private final Vertx vertx;
  private final ApiContract contract;

  public ContractRouter(Vertx vertx, ApiContract contract) {
    this.vertx = vertx;
    this.contract = contract;
  }

  /** An operation's handler. */
  public interface OperationHandler extends BiConsumer<RoutingContext, CheckedRequest> {}

  /**
   * A router that finds out who calls, checks whether they may, reads the body, checks it and runs
   * the operation.
   *
   * @param access lets callers in and notes who they are
   * @param bodies reads bodies
   * @param operations by operation id; exactly those of the contract
   */
  public Router build(
      Handler<RoutingContext> access,
      Handler<RoutingContext> bodies,
      Map<String, OperationHandler> operations) {
    RouterBuilder builder = RouterBuilder.create(vertx, contract.parsed());
    builder.rootHandler(access);
    requireAll(builder, operations.keySet());
    for (OpenAPIRoute route : builder.getRoutes()) {
      RequestCheck check = new RequestCheck(route.getOperation());
      OperationHandler handler = operations.get(route.getOperation().getOperationId());
      Optional<Role> needed = ApiContract.role(route.getOperation());
      route.setDoValidation(false).setDoSecurity(false);
      route.addHandler(context -> permit(context, needed)).addHandler(bodies);
      route.addHandler(context -> handle(context, check, handler));
    }
    return builder.createRouter();
  }

  private static void permit(RoutingContext context, Optional<Role> needed) {
    if (needed.isEmpty()) {
      context.next();
      return;
    }
    Role found = Caller.of(context).role();
    if (found.covers(needed.get())) {
      context.next();
    } else {
      context.fail(new ProblemException(role(found, needed.get())));
    }
  }

  private static Problem role(Role found, Role needed) {
    String enough =
        Arrays.stream(Role.values())
            .filter(each -> each.covers(needed))
            .map(Role::word)
            .collect(Collectors.joining(" or "));
    Fault fault = Fault.of("role", TextNode.valueOf(found.word()), enough);
    return new Problem(
        403, "role", "The token is not for this", fault.toString(), List.of(fault), Map.of());
  }

  private static void handle(RoutingContext context, RequestCheck check, OperationHandler handler) {
    CheckedRequest request;
    try {
      request = check.check(context);
    } catch (ProblemException e) {
      context.fail(e);
      return;
    }
    handler.accept(context, request);
  }

  private static void requireAll(RouterBuilder builder, Set<String> handled) {
    Set<String> known = new TreeSet<>();
    builder.getRoutes().forEach(route -> known.add(route.getOperation().getOperationId()));
    if (!known.equals(handled)) {
      throw new IllegalStateException(
          "operations: " + new TreeSet<>(handled) + " (expected: " + known + ")");
    }
  }
}
