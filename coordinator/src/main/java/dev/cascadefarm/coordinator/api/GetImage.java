package dev.cascadefarm.coordinator.api;

import com.fasterxml.jackson.databind.node.IntNode;
import com.fasterxml.jackson.databind.node.TextNode;
import dev.cascadefarm.common.cascade.StageBundle;
import dev.cascadefarm.common.job.PlannedStage;
import dev.cascadefarm.common.job.TaskState;
import dev.cascadefarm.common.queue.JobQueue;
import dev.cascadefarm.common.queue.JobSnapshot;
import dev.cascadefarm.common.schema.Fault;
import dev.cascadefarm.common.store.Artifact;
import dev.cascadefarm.coordinator.access.Caller;
import dev.cascadefarm.coordinator.contract.CheckedRequest;
import dev.cascadefarm.coordinator.problem.Problem;
import dev.cascadefarm.coordinator.problem.ProblemException;
import io.vertx.core.Future;
import io.vertx.ext.web.RoutingContext;
import java.util.List;
import java.util.Optional;

/** {@code GET /v1/jobs/{id}/images/{index}}. */
final class GetImage {
  private final JobQueue queue;
  private final Pictures pictures;

  GetImage(JobQueue queue, Pictures pictures) {
    this.queue = queue;
    this.pictures = pictures;
  }

  Future<Void> handle(RoutingContext context, CheckedRequest request) {
    String id = request.text("id");
    int index = (int) request.number("index", 0);
    return queue
        .job(Caller.of(context).tenant(), id)
        .map(job -> job.orElseThrow(() -> Api.noSuchJob(id)))
        .map(job -> manifest(job, index, request.optionalText("stage")))
        .compose(pictures::find)
        .compose(picture -> send(context, picture));
  }

  private static String manifest(JobSnapshot job, int index, Optional<String> wanted) {
    if (index >= job.spec().n()) {
      String expected = "integer from 0 to " + (job.spec().n() - 1);
      throw notFound(Fault.of("index", IntNode.valueOf(index), expected));
    }
    String stage = stage(job, wanted);
    JobSnapshot.Task task =
        job.tasks().stream()
            .filter(each -> each.id().stage().equals(stage) && each.id().image() == index)
            .findFirst()
            .orElseThrow(() -> notFound(Fault.missing("index", "an image of stage " + stage)));
    if (task.state() != TaskState.DONE || task.manifest() == null) {
      throw new ProblemException(unfinished(stage, task));
    }
    return task.manifest();
  }

  private static String stage(JobSnapshot job, Optional<String> wanted) {
    List<String> drawing =
        job.plan().stages().stream()
            .filter(stage -> stage.per() == StageBundle.Per.IMAGE)
            .map(PlannedStage::name)
            .toList();
    String stage = wanted.orElseGet(() -> drawing.get(drawing.size() - 1));
    if (!drawing.contains(stage)) {
      String expected = "one of " + String.join(", ", drawing);
      throw notFound(Fault.of("stage", TextNode.valueOf(stage), expected));
    }
    return stage;
  }

  private Future<Void> send(RoutingContext context, Artifact picture) {
    return Pictures.isKnown(context, picture.sha256())
        ? Pictures.sendUnchanged(context, picture.sha256())
        : pictures.read(picture).compose(png -> Pictures.send(context, picture.sha256(), png));
  }

  private static Problem unfinished(String stage, JobSnapshot.Task task) {
    return Problem.of(
        404,
        "not-finished",
        "There is no picture yet",
        "image "
            + task.id().image()
            + " of stage "
            + stage
            + ": "
            + task.state().word()
            + " (expected: done)");
  }

  private static ProblemException notFound(Fault fault) {
    return new ProblemException(Problem.notFound(fault));
  }
}
