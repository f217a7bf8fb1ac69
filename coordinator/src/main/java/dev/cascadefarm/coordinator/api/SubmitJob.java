package dev.cascadefarm.coordinator.api;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectWriter;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.cascadefarm.common.cascade.Catalogue;
import dev.cascadefarm.common.cascade.JobRequest;
import dev.cascadefarm.common.cascade.RequestField;
import dev.cascadefarm.common.job.JobState;
import dev.cascadefarm.common.json.WireJson;
import dev.cascadefarm.common.plan.JobPlanner;
import dev.cascadefarm.common.plan.JobPlanner.PlannedJob;
import dev.cascadefarm.common.queue.JobQueue;
import dev.cascadefarm.common.queue.JobQueue.Submission;
import dev.cascadefarm.common.queue.JobQueue.SubmitResult;
import dev.cascadefarm.common.queue.JobSnapshot;
import dev.cascadefarm.common.store.ArtifactNotFoundException;
import dev.cascadefarm.coordinator.access.Caller;
import dev.cascadefarm.coordinator.contract.CheckedRequest;
import dev.cascadefarm.coordinator.problem.Problem;
import dev.cascadefarm.coordinator.problem.ProblemException;
import dev.cascadefarm.coordinator.upload.Uploads;
import io.vertx.core.Future;
import io.vertx.ext.web.RoutingContext;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** {@code POST /v1/jobs}. */
final class SubmitJob {
  private static final Logger log = LoggerFactory.getLogger(SubmitJob.class);
  private static final ObjectWriter CANONICAL =
      WireJson.MAPPER.writer(SerializationFeature.ORDER_MAP_ENTRIES_BY_KEYS);
  private static final long SEEDS = 1L << 53;

  private final JobQueue queue;
  private final JobPlanner planner;
  private final Catalogue catalogue;
  private final Uploads uploads;
  private final SecureRandom random;

  SubmitJob(ApiParts parts) {
    this.queue = parts.queue();
    this.planner = parts.planner();
    this.catalogue = parts.catalogue();
    this.uploads = parts.uploads();
    this.random = parts.random();
  }

  /** A submission and whether it was new. */
  private record Submitted(JobSnapshot job, boolean replayed) {}

  Future<Void> handle(RoutingContext context, CheckedRequest request) {
    ObjectNode body = request.body();
    Arrays.stream(RequestField.values())
        .filter(field -> !field.picture())
        .forEach(field -> Prompts.require(body, field.word()));
    PlannedJob planned = planner.plan(jobRequest(body));
    Caller caller = Caller.of(context);
    Submission submission = submission(caller.tenant(), request, planned);
    return givePictures(submission)
        .compose(nothing -> queue.submit(submission))
        .compose(result -> settlePictures(submission, result))
        .onSuccess(result -> said(submission, result, caller))
        .compose(result -> accepted(submission, result))
        .compose(submitted -> answer(context, submitted));
  }

  private JobRequest jobRequest(ObjectNode body) {
    Map<String, JsonNode> set = new LinkedHashMap<>();
    body.path("set").properties().forEach(stage -> set.put(stage.getKey(), stage.getValue()));
    return new JobRequest(
        body.get("cascade").textValue(),
        body.get("prompt").textValue(),
        body.path("prompt_b").textValue(),
        body.path("negative_prompt").textValue(),
        body.path("init_image").textValue(),
        body.path("init_image_b").textValue(),
        body.path("n").asInt(1),
        body.has("seed") ? body.get("seed").asLong() : random.nextLong(SEEDS),
        set);
  }

  private static void said(Submission submission, SubmitResult result, Caller caller) {
    if (result.outcome() == SubmitResult.Outcome.CREATED) {
      log.info(
          "job queued: job={} tenant={} cascade={} images={} by={}",
          result.job(),
          submission.tenant(),
          submission.spec().cascade(),
          submission.spec().n(),
          caller.name());
    }
  }

  private static Submission submission(String tenant, CheckedRequest request, PlannedJob planned) {
    return new Submission(
        tenant,
        UUID.randomUUID().toString(),
        request.optionalText("Idempotency-Key").orElse(null),
        digest(request.body()),
        request.body().path("priority").asInt(0),
        planned.spec(),
        planned.plan());
  }

  /** Before the job exists, so that no worker can be faster; all of them or none. */
  private Future<Void> givePictures(Submission submission) {
    return Future.join(pictures(submission).map(each -> givePicture(submission, each)).toList())
        .<Void>mapEmpty()
        .recover(failure -> takeBack(submission).compose(done -> Future.failedFuture(failure)));
  }

  private Future<Void> givePicture(Submission submission, RequestField field) {
    String id = submission.spec().given(field).orElseThrow();
    return uploads
        .give(submission.tenant(), id, submission.job(), field)
        .recover(failure -> Future.failedFuture(pictureFault(failure, field, id)));
  }

  private static Throwable pictureFault(Throwable failure, RequestField field, String id) {
    return failure instanceof ArtifactNotFoundException
        ? new ProblemException(UploadPictures.unknown(field, id))
        : failure;
  }

  /** A job that was not created leaves nothing behind; if the queue is silent, nobody knows. */
  private Future<SubmitResult> settlePictures(Submission submission, SubmitResult result) {
    boolean kept = result.outcome() == SubmitResult.Outcome.CREATED;
    return kept ? Future.succeededFuture(result) : takeBack(submission).map(result);
  }

  private Future<Void> takeBack(Submission submission) {
    List<RequestField> fields = pictures(submission).toList();
    return fields.isEmpty()
        ? Future.succeededFuture()
        : uploads.takeBack(submission.tenant(), submission.job(), fields).otherwiseEmpty();
  }

  private static Stream<RequestField> pictures(Submission submission) {
    return Arrays.stream(RequestField.values())
        .filter(field -> field.picture() && submission.spec().given(field).isPresent());
  }

  private Future<Submitted> accepted(Submission submission, SubmitResult result) {
    return switch (result.outcome()) {
      case CREATED -> snapshot(submission, result.job(), false);
      case REPLAYED -> snapshot(submission, result.job(), true);
      case CONFLICT -> Future.failedFuture(new ProblemException(conflict(submission)));
      case LIMIT ->
          Future.failedFuture(
              new ProblemException(tooMuch(Objects.requireNonNull(result.limit(), "limit"))));
    };
  }

  /** The job is durable by now: if it cannot be read back, what is known of it is answered. */
  private Future<Submitted> snapshot(Submission submission, String job, boolean replayed) {
    return queue
        .job(submission.tenant(), job)
        .otherwise(Optional.empty())
        .map(found -> new Submitted(found.orElseGet(() -> fresh(submission, job)), replayed));
  }

  private static JobSnapshot fresh(Submission submission, String job) {
    return new JobSnapshot(
        job,
        submission.tenant(),
        JobState.QUEUED,
        submission.priority(),
        submission.spec(),
        submission.plan(),
        0,
        0,
        0,
        1,
        null,
        List.of(),
        null,
        List.of());
  }

  private Future<Void> answer(RoutingContext context, Submitted submitted) {
    context
        .response()
        .setStatusCode(202)
        .putHeader("Location", JobDocument.address(submitted.job().id()));
    if (submitted.replayed()) {
      context.response().putHeader("Idempotency-Replayed", "true");
    }
    return Api.json(context, JobDocument.of(submitted.job(), catalogue));
  }

  private static Problem conflict(Submission submission) {
    return Problem.of(
        409,
        "idempotency-conflict",
        "The key belongs to another request",
        "Idempotency-Key: \""
            + submission.idempotencyKey()
            + "\" was used with another body (expected: a fresh key, or the same body)");
  }

  private static Problem tooMuch(SubmitResult.Limit limit) {
    int seconds = (int) Math.max(1, (limit.retryAfter().toMillis() + 999) / 1000);
    return switch (limit.bound()) {
      case BACKLOG ->
          Problem.later(
              429,
              "backlog-full",
              "Too many tasks wait already",
              "unfinished tasks: " + limit.found() + " (expected: room for this job)",
              seconds);
      case RATE ->
          Problem.later(
              429,
              "too-many-requests",
              "Too many jobs at once",
              "submissions: more than " + limit.found() + " (expected: fewer)",
              seconds);
      case MEMORY ->
          Problem.later(
              503, "queue-full", "The farm has no room for more jobs", limit.found(), seconds);
    };
  }

  /** SHA-256 of the request as the client gave it, whatever the order of its fields. */
  private static String digest(@Nullable JsonNode body) {
    try {
      Object sorted = WireJson.MAPPER.treeToValue(body, Object.class);
      byte[] canonical = CANONICAL.writeValueAsString(sorted).getBytes(StandardCharsets.UTF_8);
      return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(canonical));
    } catch (JsonProcessingException | NoSuchAlgorithmException e) {
      throw new IllegalStateException("a parsed document can be written, and SHA-256 exists", e);
    }
  }
}
