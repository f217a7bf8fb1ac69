package dev.cascadefarm.coordinator.api;

import dev.cascadefarm.coordinator.contract.CheckedRequest;
import dev.cascadefarm.coordinator.contract.ContractRouter.OperationHandler;
import io.vertx.core.Future;
import io.vertx.ext.web.RoutingContext;

/** A handler's work; its failure becomes a problem document. */
interface Answer {
  Future<Void> to(RoutingContext context, CheckedRequest request);

  /** The handler that does it. */
  default OperationHandler handler() {
    return (context, request) ->
        Future.succeededFuture().compose(nothing -> to(context, request)).onFailure(context::fail);
  }
}
