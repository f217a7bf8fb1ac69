package dev.cascadefarm.coordinator.contract;

import dev.cascadefarm.coordinator.problem.ProblemException;
import io.vertx.core.Handler;
import io.vertx.core.Vertx;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import io.vertx.ext.web.openapi.router.OpenAPIRoute;
import io.vertx.ext.web.openapi.router.RouterBuilder;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.BiConsumer;

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
   * A router that runs {@code first} (access, body) and then the operation.
   *
   * @param operations by operation id; exactly those of the contract
   */
  public Router build(
      Iterable<Handler<RoutingContext>> first, Map<String, OperationHandler> operations) {
    RouterBuilder builder = RouterBuilder.create(vertx, contract.parsed());
    first.forEach(builder::rootHandler);
    requireAll(builder, operations.keySet());
    for (OpenAPIRoute route : builder.getRoutes()) {
      RequestCheck check = new RequestCheck(route.getOperation());
      OperationHandler handler = operations.get(route.getOperation().getOperationId());
      route.setDoValidation(false).setDoSecurity(false);
      route.addHandler(context -> handle(context, check, handler));
    }
    return builder.createRouter();
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
