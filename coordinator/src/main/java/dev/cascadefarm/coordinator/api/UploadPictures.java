package dev.cascadefarm.coordinator.api;

import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import dev.cascadefarm.common.cascade.RequestField;
import dev.cascadefarm.common.json.WireJson;
import dev.cascadefarm.common.schema.Fault;
import dev.cascadefarm.common.store.ArtifactNotFoundException;
import dev.cascadefarm.coordinator.access.Caller;
import dev.cascadefarm.coordinator.contract.CheckedRequest;
import dev.cascadefarm.coordinator.problem.Problem;
import dev.cascadefarm.coordinator.problem.ProblemException;
import dev.cascadefarm.coordinator.upload.Aspect;
import dev.cascadefarm.coordinator.upload.InvalidPictureException;
import dev.cascadefarm.coordinator.upload.Uploads;
import dev.cascadefarm.coordinator.upload.Uploads.Upload;
import dev.cascadefarm.coordinator.upload.UploadsBusyException;
import dev.cascadefarm.coordinator.upload.UploadsFullException;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.ext.web.RoutingContext;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** {@code POST /v1/uploads} and {@code GET /v1/uploads/{id}}. */
final class UploadPictures {
  static final String PATH = "/v1/uploads";
  private static final int RETRY_AFTER_SECONDS = 60;

  private final Uploads uploads;

  UploadPictures(Uploads uploads) {
    this.uploads = uploads;
  }

  Future<Void> upload(RoutingContext context, CheckedRequest request) {
    Aspect aspect = request.optionalText("aspect").map(Aspect::of).orElse(Aspect.CENTRE_CROP);
    @Nullable Buffer body = context.body().buffer();
    byte[] file = body == null ? new byte[0] : body.getBytes();
    return uploads
        .add(Caller.of(context).tenant(), file, context.request().getHeader("Content-Type"), aspect)
        .recover(failure -> Future.failedFuture(problem(failure)))
        .compose(upload -> answer(context, upload));
  }

  Future<Void> read(RoutingContext context, CheckedRequest request) {
    String id = request.text("id");
    return uploads
        .get(Caller.of(context).tenant(), id)
        .recover(failure -> Future.failedFuture(absent(failure, id)))
        .compose(png -> Pictures.send(context, id, png));
  }

  private static Future<Void> answer(RoutingContext context, Upload upload) {
    String address = PATH + "/" + upload.id();
    context.response().setStatusCode(201).putHeader("Location", address);
    ObjectNode document = WireJson.object().put("id", upload.id());
    document.put("width", upload.side()).put("height", upload.side());
    document.put("bytes", upload.bytes());
    document.putObject("original").put("width", upload.width()).put("height", upload.height());
    document.putObject("links").put("self", address);
    return Api.json(context, document);
  }

  private static Throwable absent(Throwable failure, String id) {
    return failure instanceof ArtifactNotFoundException
        ? new ProblemException(
            Problem.notFound(Fault.of("id", TextNode.valueOf(id), "the id of an upload")))
        : failure;
  }

  private static Throwable problem(Throwable failure) {
    if (failure instanceof InvalidPictureException picture) {
      return new ProblemException(invalid(picture));
    }
    if (failure instanceof UploadsFullException) {
      return new ProblemException(later("uploads-full", failure.getMessage()));
    }
    return failure instanceof UploadsBusyException
        ? new ProblemException(Problem.unavailable(failure.getMessage()))
        : failure;
  }

  private static Problem invalid(InvalidPictureException failure) {
    return switch (failure.reason()) {
      case TYPE ->
          Problem.of(
              415,
              "unsupported-media-type",
              "The body's media type does not fit",
              failure.getMessage());
      case CONTENT ->
          Problem.of(400, "invalid-picture", "The picture cannot be used", failure.getMessage());
    };
  }

  /** More uploads at once than the coordinator takes. */
  static Problem busy() {
    return Problem.later(
        429, "uploads-busy", "Too many uploads at once", "uploads: busy; try again", 1);
  }

  private static Problem later(String kind, String detail) {
    return Problem.later(429, kind, "Too many uploads are kept", detail, RETRY_AFTER_SECONDS);
  }

  /** A job names a picture that its tenant has not uploaded. */
  static Problem unknown(RequestField field, String id) {
    return Problem.invalid(
        List.of(Fault.of(field.word(), TextNode.valueOf(id), "the id of an upload")));
  }
}
