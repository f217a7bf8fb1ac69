package dev.cascadefarm.coordinator.api;

import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import dev.cascadefarm.common.json.WireJson;
import dev.cascadefarm.common.queue.JobQueue;
import dev.cascadefarm.common.queue.JobQueue.JobPage;
import dev.cascadefarm.common.queue.JobSnapshot;
import dev.cascadefarm.common.schema.Fault;
import dev.cascadefarm.coordinator.contract.CheckedRequest;
import dev.cascadefarm.coordinator.contract.ContractRouter.OperationHandler;
import dev.cascadefarm.coordinator.events.WatchJob;
import dev.cascadefarm.coordinator.problem.Problem;
import dev.cascadefarm.coordinator.problem.ProblemException;
import io.vertx.core.Future;
import io.vertx.ext.web.RoutingContext;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/** The operations of the contract. */
final class Api {
  static final String TENANT = "default";
  private static final int DEFAULT_PAGE = 20;

  private final ApiParts parts;
  private final Duration deadline;
  private final SubmitJob submitJob;
  private final UploadPictures uploadPictures;
  private final GetImage getImage;
  private final WatchJob watchJob;

  Api(ApiParts parts, Duration deadline) {
    this.parts = parts;
    this.deadline = deadline;
    this.submitJob = new SubmitJob(parts);
    this.uploadPictures = new UploadPictures(parts.uploads());
    this.getImage = new GetImage(parts.queue(), new Pictures(parts.store()));
    this.watchJob = new WatchJob(parts.queue(), parts.hub(), deadline);
  }

  /** A handler's work; its failure becomes a problem document. */
  private interface Answer {
    Future<Void> to(RoutingContext context, CheckedRequest request);
  }

  Map<String, OperationHandler> operations() {
    Map<String, OperationHandler> operations = new HashMap<>();
    operations.put("submitJob", answering(submitJob::handle));
    operations.put("uploadPicture", answering(uploadPictures::upload));
    operations.put("getUpload", answering(uploadPictures::read));
    operations.put("listJobs", answering(this::listJobs));
    operations.put("getJob", answering(this::getJob));
    operations.put("cancelJob", answering(this::cancelJob));
    operations.put("getImage", answering(getImage::handle));
    operations.put("watchJob", watchJob::handle);
    operations.put("listCascades", answering(this::listCascades));
    operations.put("listWorkers", answering(this::listWorkers));
    operations.put("health", answering((context, request) -> status(context, "ok")));
    operations.put("ready", answering(this::ready));
    operations.put("metrics", answering(this::metrics));
    operations.put("contract", answering(this::contract));
    return operations;
  }

  static Future<Void> json(RoutingContext context, ObjectNode document) {
    return context
        .response()
        .putHeader("Content-Type", "application/json")
        .putHeader("Cache-Control", "no-store")
        .end(WireJson.write(document));
  }

  static ProblemException noSuchJob(String job) {
    return new ProblemException(
        Problem.notFound(Fault.of("id", TextNode.valueOf(job), "the id of a job")));
  }

  private OperationHandler answering(Answer answer) {
    return (context, request) ->
        Future.succeededFuture()
            .compose(nothing -> answer.to(context, request))
            .onFailure(context::fail);
  }

  private Future<Void> getJob(RoutingContext context, CheckedRequest request) {
    return job(request.text("id"))
        .compose(job -> json(context, JobDocument.of(job, parts.catalogue())));
  }

  private Future<Void> cancelJob(RoutingContext context, CheckedRequest request) {
    String id = request.text("id");
    return parts
        .queue()
        .cancel(TENANT, id)
        .map(state -> state.orElseThrow(() -> noSuchJob(id)))
        .compose(state -> job(id))
        .compose(job -> json(accepted(context), JobDocument.of(job, parts.catalogue())));
  }

  private Future<Void> listJobs(RoutingContext context, CheckedRequest request) {
    String cursor = request.optionalText("cursor").orElse("");
    int limit = (int) request.number("limit", DEFAULT_PAGE);
    return Future.succeededFuture()
        .compose(nothing -> parts.queue().jobs(TENANT, cursor, limit))
        .recover(failure -> Future.failedFuture(cursorFault(failure, cursor)))
        .compose(page -> json(context, document(page)));
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

  private Future<Void> listCascades(RoutingContext context, CheckedRequest request) {
    return json(context, FarmDocuments.cascades(parts.catalogue()));
  }

  private Future<Void> listWorkers(RoutingContext context, CheckedRequest request) {
    return parts.queue().workers().compose(all -> json(context, FarmDocuments.workers(all)));
  }

  private Future<Void> ready(RoutingContext context, CheckedRequest request) {
    return parts
        .queue()
        .ready()
        .timeout(deadline.toMillis(), TimeUnit.MILLISECONDS)
        .compose(nothing -> status(context, "ready"));
  }

  private Future<Void> metrics(RoutingContext context, CheckedRequest request) {
    return context
        .response()
        .putHeader("Content-Type", "text/plain; version=0.0.4; charset=utf-8")
        .end(parts.metrics().scrape());
  }

  private Future<Void> contract(RoutingContext context, CheckedRequest request) {
    return context
        .response()
        .putHeader("Content-Type", "application/yaml")
        .end(parts.contract().published());
  }

  private Future<JobSnapshot> job(String id) {
    JobQueue queue = parts.queue();
    Future<Optional<JobSnapshot>> found = queue.job(TENANT, id);
    return found.map(job -> job.orElseThrow(() -> noSuchJob(id)));
  }

  private ObjectNode document(JobPage page) {
    ObjectNode document = WireJson.object();
    page.jobs()
        .forEach(job -> document.withArray("/jobs").add(JobDocument.of(job, parts.catalogue())));
    if (page.jobs().isEmpty()) {
      document.putArray("jobs");
    }
    if (page.next() != null) {
      document.put("next", page.next());
    }
    return document;
  }

  private static RoutingContext accepted(RoutingContext context) {
    context.response().setStatusCode(202);
    return context;
  }

  private static Future<Void> status(RoutingContext context, String status) {
    return json(context, WireJson.object().put("status", status));
  }
}
