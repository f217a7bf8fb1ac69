package dev.cascadefarm.worker.transfer;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.cascadefarm.common.cascade.RequestField;
import dev.cascadefarm.common.job.JobPlan;
import dev.cascadefarm.common.job.JobSpec;
import dev.cascadefarm.common.job.PlannedStage;
import dev.cascadefarm.common.job.TaskId;
import dev.cascadefarm.common.json.WireJson;
import dev.cascadefarm.common.queue.TaskQueue.LeasedTask;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * The words inside a picture: all that decided it and nothing else, so that equal renders have
 * equal files. Settings are those of the stage itself and of every stage it hangs on.
 */
final class PictureWords {
  private PictureWords() {}

  /** Text chunks by keyword. */
  static Map<String, String> of(LeasedTask task) {
    JobSpec spec = task.spec();
    PlannedStage stage = stage(task);
    Set<String> lineage = lineage(task.plan(), stage.name());
    Map<String, String> words = new TreeMap<>();
    words.put("Software", "Cascade Farm");
    for (RequestField field : RequestField.values()) {
      if (takes(task, lineage, field)) {
        String form = field.picture() ? "sha256:" : "";
        spec.given(field).ifPresent(given -> words.put(field.word(), form + given));
      }
    }
    words.put("seed", Long.toString(imageSeed(task)));
    words.put("cascade", spec.cascade());
    words.put("stage", stage.name());
    words.put("bundle", stage.bundle() + " sha256:" + stage.digest());
    words.put("settings", WireJson.write(settings(spec, lineage)));
    return words;
  }

  /** The stage of a task as its job's plan has it. */
  static PlannedStage stage(LeasedTask task) {
    return stage(task.plan(), task.id().stage());
  }

  /** The seed of a task's own image. */
  static long imageSeed(LeasedTask task) {
    int image = task.id().image();
    return image == TaskId.WHOLE_JOB ? task.spec().seed() : task.spec().seed() + image;
  }

  private static PlannedStage stage(JobPlan plan, String name) {
    return plan.stages().stream()
        .filter(each -> each.name().equals(name))
        .findFirst()
        .orElseThrow(
            () -> new IllegalStateException("stage: " + name + " (expected: in the plan)"));
  }

  /** Whether one of these stages takes that field of the request. */
  private static boolean takes(LeasedTask task, Set<String> stages, RequestField field) {
    return stages.stream()
        .anyMatch(each -> stage(task.plan(), each).inputs().containsValue(field.source()));
  }

  private static Set<String> lineage(JobPlan plan, String stage) {
    Set<String> names = new TreeSet<>();
    Deque<String> open = new ArrayDeque<>(Set.of(stage));
    while (!open.isEmpty()) {
      String name = open.pop();
      if (names.add(name)) {
        open.addAll(stage(plan, name).after());
      }
    }
    return names;
  }

  private static JsonNode settings(JobSpec spec, Set<String> stages) {
    ObjectNode all = WireJson.object();
    for (String stage : stages) {
      ObjectNode own = spec.settings().get(stage);
      if (own != null && !own.isEmpty()) {
        all.set(stage, sorted(own));
      }
    }
    return all;
  }

  // The order in which a client wrote its settings must not reach the file.
  private static JsonNode sorted(JsonNode node) {
    if (!node.isObject()) {
      return node;
    }
    Map<String, JsonNode> fields = new TreeMap<>();
    node.properties().forEach(field -> fields.put(field.getKey(), sorted(field.getValue())));
    ObjectNode result = WireJson.object();
    result.setAll(fields);
    return result;
  }
}
