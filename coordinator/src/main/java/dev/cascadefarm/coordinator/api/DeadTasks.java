package dev.cascadefarm.coordinator.api;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import dev.cascadefarm.common.job.TaskId;
import dev.cascadefarm.common.json.WireJson;
import dev.cascadefarm.common.queue.QueueControl;
import dev.cascadefarm.common.queue.QueueControl.DeadPage;
import dev.cascadefarm.common.queue.QueueControl.DeadTask;
import dev.cascadefarm.common.queue.QueueControl.Redrive;
import dev.cascadefarm.common.schema.Fault;
import dev.cascadefarm.coordinator.access.Caller;
import dev.cascadefarm.coordinator.contract.CheckedRequest;
import dev.cascadefarm.coordinator.contract.ContractRouter.OperationHandler;
import dev.cascadefarm.coordinator.problem.Problem;
import dev.cascadefarm.coordinator.problem.ProblemException;
import io.vertx.core.Future;
import io.vertx.ext.web.RoutingContext;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The operations on tasks that will not be tried again. */
final class DeadTasks {
  private static final Logger log = LoggerFactory.getLogger(DeadTasks.class);
  private static final int TASKS_PER_CALL = 100;
  private static final int RETRY_AFTER_SECONDS = 2;

  private final QueueControl control;

  DeadTasks(QueueControl control) {
    this.control = control;
  }

  /** What became of a task. */
  private record Taken(TaskId task, Redrive outcome) {}

  Map<String, OperationHandler> operations() {
    Answer list = this::list;
    Answer one = this::redriveOne;
    Answer many = this::redriveMany;
    return Map.of(
        "listDead", list.handler(), "redriveTask", one.handler(), "redriveDead", many.handler());
  }

  private Future<Void> list(RoutingContext context, CheckedRequest request) {
    return Pages.read(request, control::dead)
        .compose(page -> Api.json(context, OperatorDocuments.dead(page)));
  }

  private Future<Void> redriveOne(RoutingContext context, CheckedRequest request) {
    TaskId task = TaskId.parse(request.text("task"));
    return redrive(task, Caller.of(context).name())
        .map(DeadTasks::required)
        .compose(taken -> Api.json(context, document(List.of(taken), null)));
  }

  private Future<Void> redriveMany(RoutingContext context, CheckedRequest request) {
    ObjectNode body = request.body();
    requireEither(body);
    String by = Caller.of(context).name();
    return body.has("all")
        ? Pages.from(body.path("cursor").asText(""), TASKS_PER_CALL, control::dead)
            .compose(page -> redriveAll(page, by))
            .compose(document -> Api.json(context, document))
        : redrive(named(body.get("tasks")), by)
            .compose(taken -> Api.json(context, document(taken, null)));
  }

  private static void requireEither(ObjectNode body) {
    if (body.has("all") == body.has("tasks")) {
      String found = body.has("all") ? "both" : "neither";
      throw invalid(new Fault("", null, found, "one of tasks and all"));
    }
    if (body.has("cursor") && !body.has("all")) {
      throw invalid(Fault.of("cursor", body.get("cursor"), "absent, it goes with all"));
    }
  }

  private static ProblemException invalid(Fault fault) {
    return new ProblemException(Problem.invalid(List.of(fault)));
  }

  private static List<TaskId> named(JsonNode names) {
    List<TaskId> tasks = new ArrayList<>();
    names.forEach(name -> tasks.add(TaskId.parse(name.textValue())));
    return tasks.stream().distinct().toList();
  }

  private Future<ObjectNode> redriveAll(DeadPage page, String by) {
    return redrive(page.tasks().stream().map(DeadTask::id).toList(), by)
        .map(taken -> document(taken, page.next()));
  }

  /** One after the other: a job that is taken up with its first task must not be asked twice. */
  private Future<List<Taken>> redrive(List<TaskId> tasks, String by) {
    Future<List<Taken>> all = Future.succeededFuture(new ArrayList<>());
    for (TaskId task : tasks) {
      all =
          all.compose(
              before ->
                  redrive(task, by)
                      .map(
                          taken -> {
                            before.add(taken);
                            return before;
                          }));
    }
    return all;
  }

  private Future<Taken> redrive(TaskId task, String by) {
    return control
        .redrive(task, by)
        .map(outcome -> new Taken(task, outcome))
        .onSuccess(taken -> said(taken, by));
  }

  private static void said(Taken taken, String by) {
    if (taken.outcome() == Redrive.OK) {
      TaskId id = taken.task();
      log.info(
          "task redriven: job={} stage={} image={} by={}",
          id.job(),
          id.stage(),
          id.imageName(),
          by);
    }
  }

  private static Taken required(Taken taken) {
    return switch (taken.outcome()) {
      case OK -> taken;
      case NONE -> throw new ProblemException(absent(taken.task()));
      case ENDING ->
          throw new ProblemException(
              Problem.later(
                  409,
                  "job-ending",
                  "The job is still ending",
                  taken.task() + ": " + why(taken.outcome()),
                  RETRY_AFTER_SECONDS));
    };
  }

  private static Problem absent(TaskId task) {
    return Problem.notFound(
        Fault.of("task", TextNode.valueOf(task.toString()), "a task of GET /v1/dead"));
  }

  private static ObjectNode document(List<Taken> taken, @Nullable String next) {
    ObjectNode document = WireJson.object();
    ArrayNode redriven = document.putArray("redriven");
    ArrayNode refused = document.putArray("refused");
    for (Taken each : taken) {
      if (each.outcome() == Redrive.OK) {
        redriven.add(each.task().toString());
      } else {
        refused
            .addObject()
            .put("task", each.task().toString())
            .put("code", each.outcome() == Redrive.NONE ? "none" : "ending")
            .put("reason", why(each.outcome()));
      }
    }
    return next == null ? document : document.put("next", next);
  }

  private static String why(Redrive outcome) {
    return switch (outcome) {
      case OK -> "taken up";
      case NONE -> "no such dead task; perhaps its job is taken up already";
      case ENDING -> "other tasks of its job still end; try again";
    };
  }
}
