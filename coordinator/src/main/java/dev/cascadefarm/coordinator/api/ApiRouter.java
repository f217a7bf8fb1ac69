package dev.cascadefarm.coordinator.api;

import dev.cascadefarm.coordinator.CoordinatorConfig;
import dev.cascadefarm.coordinator.contract.ApiContract;
import dev.cascadefarm.coordinator.contract.ContractRouter;
import dev.cascadefarm.coordinator.problem.Problem;
import dev.cascadefarm.coordinator.problem.ProblemException;
import dev.cascadefarm.coordinator.problem.ProblemResponder;
import dev.cascadefarm.coordinator.upload.Uploads;
import io.vertx.core.Handler;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpMethod;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import io.vertx.ext.web.handler.BodyHandler;
import java.util.List;
import java.util.Map;

/** Puts access, contract, operations and problem documents together. */
public final class ApiRouter {
  private static final long BODY_LIMIT_BYTES = 1 << 20;
  private static final long UPLOAD_LIMIT_MILLIS = 60_000;

  private ApiRouter() {}

  /** The router of the whole API. */
  public static Router create(Vertx vertx, CoordinatorConfig config, ApiParts parts) {
    ApiContract contract = parts.contract();
    ProblemResponder problems = new ProblemResponder();
    Router api =
        new ContractRouter(vertx, contract)
            .build(
                new Access(config, contract.openPaths()),
                bodies(parts.uploads()),
                new Api(parts, config.queueDeadline()).operations());
    for (int status : List.of(400, 404, 406, 413, 415, 500)) {
      api.errorHandler(status, problems::handle);
    }
    api.errorHandler(405, context -> methodNotAllowed(context, contract, problems));
    api.route().failureHandler(problems::handle);
    return api;
  }

  /** Reads bodies of requests that may have one. */
  private static Handler<RoutingContext> bodies(Uploads uploads) {
    Handler<RoutingContext> documents = reader(BODY_LIMIT_BYTES);
    Handler<RoutingContext> pictures = reader(uploads.maxBytes());
    return context -> {
      // why: a request that was read cannot become a socket, and some clients announce 0 bytes
      if (context.request().method().equals(HttpMethod.GET)) {
        context.next();
      } else if (context.normalizedPath().equals(UploadPictures.PATH)) {
        uploads
            .enter()
            .ifPresentOrElse(
                place -> take(context, place, pictures),
                () -> context.fail(new ProblemException(UploadPictures.busy())));
      } else {
        documents.handle(context);
      }
    };
  }

  /** Reads a picture; whoever sends too slowly must not keep others out. */
  private static void take(
      RoutingContext context, Uploads.Place place, Handler<RoutingContext> reader) {
    long limit =
        context
            .vertx()
            .setTimer(UPLOAD_LIMIT_MILLIS, late -> context.request().connection().close());
    context.addEndHandler(
        done -> {
          context.vertx().cancelTimer(limit);
          place.leave();
        });
    reader.handle(context);
  }

  private static Handler<RoutingContext> reader(long limitBytes) {
    BodyHandler reader = BodyHandler.create(false).setBodyLimit(limitBytes);
    return context -> {
      context.put(ProblemResponder.BODY_LIMIT, limitBytes);
      reader.handle(context);
    };
  }

  private static void methodNotAllowed(
      RoutingContext context, ApiContract contract, ProblemResponder problems) {
    String allowed = contract.allowed(context.normalizedPath());
    Problem problem =
        new Problem(
            405,
            "method-not-allowed",
            "The method does not fit the address",
            context.request().method() + " (expected: " + allowed + ")",
            List.of(),
            Map.of("Allow", allowed));
    problems.handle(context, new ProblemException(problem));
  }
}
