package dev.cascadefarm.coordinator.api;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.cascadefarm.common.job.TaskId;
import dev.cascadefarm.common.json.WireJson;
import dev.cascadefarm.common.queue.QueueAudit;
import dev.cascadefarm.common.queue.QueueControl.Action;
import dev.cascadefarm.common.queue.QueueControl.ActionPage;
import dev.cascadefarm.common.queue.QueueControl.DeadPage;
import dev.cascadefarm.common.queue.QueueControl.DeadTask;
import dev.cascadefarm.common.queue.QueueControl.StageState;
import dev.cascadefarm.common.queue.QueueControl.TenantState;
import dev.cascadefarm.common.queue.TenantLimits;
import java.util.Comparator;
import java.util.List;
import java.util.TreeMap;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** What operators look at, as the API shows it. */
final class OperatorDocuments {
  private OperatorDocuments() {}

  static ObjectNode stages(List<StageState> stages) {
    return list(
        "stages",
        stages.stream().sorted(Comparator.comparing(s -> s.bundle().toString())).toList(),
        OperatorDocuments::stage);
  }

  static ObjectNode stage(StageState stage) {
    ObjectNode document = WireJson.object().put("bundle", stage.bundle().toString());
    document.put("running", stage.running()).put("delayed", stage.delayed());
    document.set("ready", WireJson.MAPPER.valueToTree(new TreeMap<>(stage.ready())));
    putText(document, "paused", stage.paused());
    putNumber(document, "most", stage.most());
    putNumber(document, "seconds_per_task", stage.secondsPerTask());
    if (stage.brokenSince() != null) {
      JobDocument.putTime(document, "broken_since", stage.brokenSince());
    }
    return document;
  }

  /**
   * What an audit found.
   *
   * @param repaired whether it was put right
   */
  static ObjectNode audit(QueueAudit.Report report, boolean repaired) {
    ObjectNode document = WireJson.object().put("found", report.found()).put("repaired", repaired);
    ArrayNode findings = document.putArray("findings");
    for (QueueAudit.Finding each : report.findings()) {
      findings
          .addObject()
          .put("kind", each.kind())
          .put("what", each.what())
          .put("detail", each.detail());
    }
    return document;
  }

  static ObjectNode tenants(List<TenantState> tenants) {
    return list(
        "tenants",
        tenants.stream().sorted(Comparator.comparing(TenantState::name)).toList(),
        OperatorDocuments::tenant);
  }

  static ObjectNode tenant(TenantState tenant) {
    TenantLimits limits = tenant.limits();
    ObjectNode document = WireJson.object().put("name", tenant.name());
    document.put("weight", limits.weight()).put("backlog", tenant.backlog());
    putNumber(document, "in_flight", limits.inFlight());
    putNumber(document, "most_backlog", limits.backlog());
    if (limits.rate() != null) {
      document.put("submits_per_second", limits.rate().perSecond());
      document.put("burst", limits.rate().burst());
    }
    putText(document, "paused", tenant.paused());
    return document;
  }

  static ObjectNode dead(DeadPage page) {
    ObjectNode document = list("tasks", page.tasks(), OperatorDocuments::dead);
    document.put("total", page.total());
    putText(document, "next", page.next());
    return document;
  }

  private static ObjectNode dead(DeadTask task) {
    ObjectNode document = WireJson.object().put("task", task.id().toString());
    document.put("job", task.id().job()).put("stage", task.id().stage());
    if (task.id().image() != TaskId.WHOLE_JOB) {
      document.put("image", task.id().image());
    }
    document.put("tenant", task.tenant()).put("bundle", task.bundle().toString());
    document.put("kind", task.kind()).put("reason", task.reason());
    JobDocument.putTime(document, "at", task.at());
    document.put("attempts", task.attempts()).put("failures", task.failures());
    return document.put("stalls", task.stalls()).put("lost", task.lost());
  }

  static ObjectNode actions(ActionPage page) {
    ObjectNode document = list("actions", page.actions(), OperatorDocuments::action);
    putText(document, "next", page.next());
    return document;
  }

  private static ObjectNode action(Action action) {
    ObjectNode document = WireJson.object();
    JobDocument.putTime(document, "at", action.at());
    document.put("by", action.by()).put("action", action.action());
    return document.put("target", action.target()).put("detail", action.detail());
  }

  private static <T> ObjectNode list(String name, List<T> items, Function<T, ObjectNode> shown) {
    ObjectNode document = WireJson.object();
    ArrayNode list = document.putArray(name);
    items.forEach(item -> list.add(shown.apply(item)));
    return document;
  }

  private static void putText(ObjectNode document, String field, @Nullable String value) {
    if (value != null) {
      document.put(field, value);
    }
  }

  private static void putNumber(ObjectNode document, String field, @Nullable Number value) {
    if (value != null) {
      document.set(field, WireJson.MAPPER.valueToTree(value));
    }
  }
}
