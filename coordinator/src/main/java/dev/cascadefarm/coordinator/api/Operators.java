package dev.cascadefarm.coordinator.api;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import dev.cascadefarm.common.cascade.BundleId;
import dev.cascadefarm.common.queue.QueueControl;
import dev.cascadefarm.common.queue.QueueControl.StageState;
import dev.cascadefarm.common.queue.QueueControl.Target;
import dev.cascadefarm.common.queue.QueueControl.TenantState;
import dev.cascadefarm.common.schema.Fault;
import dev.cascadefarm.coordinator.access.Caller;
import dev.cascadefarm.coordinator.audit.Auditor;
import dev.cascadefarm.coordinator.contract.CheckedRequest;
import dev.cascadefarm.coordinator.contract.ContractRouter.OperationHandler;
import dev.cascadefarm.coordinator.problem.Problem;
import dev.cascadefarm.coordinator.problem.ProblemException;
import io.vertx.core.Future;
import io.vertx.ext.web.RoutingContext;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The operations of those who operate the farm: stages, tenants, audits and what was done. */
final class Operators {
  private static final Logger log = LoggerFactory.getLogger(Operators.class);

  private final QueueControl control;
  private final Auditor auditor;

  Operators(QueueControl control, Auditor auditor) {
    this.control = control;
    this.auditor = auditor;
  }

  Map<String, OperationHandler> operations() {
    Map<String, Answer> answers = new HashMap<>();
    answers.put("listStages", this::listStages);
    answers.put("pauseStage", this::pauseStage);
    answers.put("resumeStage", this::resumeStage);
    answers.put("boundStage", this::boundStage);
    answers.put("listTenants", this::listTenants);
    answers.put("pauseTenant", this::pauseTenant);
    answers.put("resumeTenant", this::resumeTenant);
    answers.put("listActions", this::listActions);
    answers.put("auditQueue", this::auditQueue);
    Map<String, OperationHandler> operations = new HashMap<>();
    answers.forEach((id, answer) -> operations.put(id, answer.handler()));
    return operations;
  }

  private Future<Void> listStages(RoutingContext context, CheckedRequest request) {
    return control.stages().compose(all -> Api.json(context, OperatorDocuments.stages(all)));
  }

  private Future<Void> pauseStage(RoutingContext context, CheckedRequest request) {
    BundleId bundle = bundle(request);
    return pause(context, request, new Target.Stage(bundle))
        .compose(done -> stage(context, done, bundle));
  }

  private Future<Void> resumeStage(RoutingContext context, CheckedRequest request) {
    BundleId bundle = bundle(request);
    return resume(context, new Target.Stage(bundle)).compose(done -> stage(context, done, bundle));
  }

  private Future<Void> boundStage(RoutingContext context, CheckedRequest request) {
    BundleId bundle = bundle(request);
    JsonNode most = request.body().get("most");
    OptionalInt bound = most.isNull() ? OptionalInt.empty() : OptionalInt.of(most.intValue());
    String by = Caller.of(context).name();
    return control
        .bound(bundle, bound, by)
        .onSuccess(
            done -> {
              if (done) {
                log.info("bounded: stage={} most={} by={}", bundle, most, by);
              }
            })
        .compose(done -> stage(context, done, bundle));
  }

  private Future<Void> listTenants(RoutingContext context, CheckedRequest request) {
    return control.tenants().compose(all -> Api.json(context, OperatorDocuments.tenants(all)));
  }

  private Future<Void> pauseTenant(RoutingContext context, CheckedRequest request) {
    String name = request.text("tenant");
    return pause(context, request, new Target.Tenant(name))
        .compose(done -> tenant(context, done, name));
  }

  private Future<Void> resumeTenant(RoutingContext context, CheckedRequest request) {
    String name = request.text("tenant");
    return resume(context, new Target.Tenant(name)).compose(done -> tenant(context, done, name));
  }

  private Future<Void> listActions(RoutingContext context, CheckedRequest request) {
    return Pages.read(request, control::actions)
        .compose(page -> Api.json(context, OperatorDocuments.actions(page)));
  }

  private Future<Void> auditQueue(RoutingContext context, CheckedRequest request) {
    boolean repair = request.body().get("repair").booleanValue();
    log.info("audit: repair={} by={}", repair, Caller.of(context).name());
    return auditor
        .audit(repair)
        .compose(report -> Api.json(context, OperatorDocuments.audit(report, repair)));
  }

  private Future<Boolean> pause(RoutingContext context, CheckedRequest request, Target target) {
    ObjectNode body = request.body();
    Prompts.require(body, "reason");
    String reason = body.get("reason").textValue();
    String by = Caller.of(context).name();
    return control
        .pause(target, reason, by)
        .onSuccess(
            done -> {
              if (done) {
                log.info("paused: {} by={} reason=\"{}\"", shown(target), by, reason);
              }
            });
  }

  private Future<Boolean> resume(RoutingContext context, Target target) {
    String by = Caller.of(context).name();
    return control
        .resume(target, by)
        .onSuccess(
            done -> {
              if (done) {
                log.info("resumed: {} by={}", shown(target), by);
              }
            });
  }

  private static String shown(Target target) {
    return target instanceof Target.Stage stage
        ? "stage=" + stage.bundle()
        : "tenant=" + ((Target.Tenant) target).name();
  }

  private Future<Void> stage(RoutingContext context, boolean known, BundleId bundle) {
    Future<List<StageState>> stages = known ? control.stages() : Future.succeededFuture(List.of());
    return stages
        .map(all -> all.stream().filter(each -> each.bundle().equals(bundle)).findFirst())
        .map(
            found ->
                found.orElseThrow(
                    () -> absent("bundle", bundle.toString(), "a bundle of GET /v1/stages")))
        .compose(found -> Api.json(context, OperatorDocuments.stage(found)));
  }

  private Future<Void> tenant(RoutingContext context, boolean known, String name) {
    Future<List<TenantState>> tenants =
        known ? control.tenants() : Future.succeededFuture(List.of());
    return tenants
        .map(all -> all.stream().filter(each -> each.name().equals(name)).findFirst())
        .map(
            found -> found.orElseThrow(() -> absent("tenant", name, "a tenant of GET /v1/tenants")))
        .compose(found -> Api.json(context, OperatorDocuments.tenant(found)));
  }

  private static ProblemException absent(String field, String value, String expected) {
    return new ProblemException(
        Problem.notFound(Fault.of(field, TextNode.valueOf(value), expected)));
  }

  private static BundleId bundle(CheckedRequest request) {
    return BundleId.parse(request.text("bundle"));
  }
}
