package dev.cascadefarm.coordinator.api;

import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import dev.cascadefarm.common.json.WireJson;
import dev.cascadefarm.common.queue.JobQueue;
import dev.cascadefarm.common.queue.JobQueue.JobPage;
import dev.cascadefarm.common.queue.JobSnapshot;
import dev.cascadefarm.common.schema.Fault;
import dev.cascadefarm.coordinator.access.Caller;
import dev.cascadefarm.coordinator.contract.CheckedRequest;
import dev.cascadefarm.coordinator.contract.ContractRouter.OperationHandler;
import dev.cascadefarm.coordinator.events.WatchJob;
import dev.cascadefarm.coordinator.problem.Problem;
import dev.cascadefarm.coordinator.problem.ProblemException;
import io.vertx.core.Future;
import io.vertx.ext.web.RoutingContext;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The operations of the contract. */
final class Api {
  private static final Logger log = LoggerFactory.getLogger(Api.class);

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
    operations.putAll(new Operators(parts.control(), parts.auditor()).operations());
    operations.putAll(new DeadTasks(parts.control()).operations());
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

  private static OperationHandler answering(Answer answer) {
    return answer.handler();
  }

  private Future<Void> getJob(RoutingContext context, CheckedRequest request) {
    return job(Caller.of(context), request.text("id"))
        .compose(job -> json(context, JobDocument.of(job, parts.catalogue())));
  }

  private Future<Void> cancelJob(RoutingContext context, CheckedRequest request) {
    String id = request.text("id");
    Caller caller = Caller.of(context);
    return parts
        .queue()
        .cancel(caller.tenant(), id)
        .map(state -> state.orElseThrow(() -> noSuchJob(id)))
        .onSuccess(state -> log.info("job {}: job={} by={}", state.word(), id, caller.name()))
        .compose(state -> job(caller, id))
        .compose(job -> json(accepted(context), JobDocument.of(job, parts.catalogue())));
  }

  private Future<Void> listJobs(RoutingContext context, CheckedRequest request) {
    String tenant = Caller.of(context).tenant();
    return Pages.read(request, (cursor, limit) -> parts.queue().jobs(tenant, cursor, limit))
        .compose(page -> json(context, document(page)));
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

  private Future<JobSnapshot> job(Caller caller, String id) {
    JobQueue queue = parts.queue();
    Future<Optional<JobSnapshot>> found = queue.job(caller.tenant(), id);
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
