package dev.cascadefarm.coordinator.api;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.cascadefarm.common.cascade.Catalogue;
import dev.cascadefarm.common.cascade.RequestField;
import dev.cascadefarm.common.job.JobSpec;
import dev.cascadefarm.common.json.WireJson;
import dev.cascadefarm.common.queue.JobSnapshot;
import java.time.Instant;

/** A job as the API shows it. */
public final class JobDocument {
  private JobDocument() {}

  static String address(String job) {
    return "/v1/jobs/" + job;
  }

  /** The whole job; without stages and images if the snapshot holds no tasks. */
  public static ObjectNode of(JobSnapshot job, Catalogue catalogue) {
    ObjectNode document = WireJson.object();
    document.put("id", job.id()).put("status", job.state().word());
    putSpec(document, job.spec());
    document.put("priority", job.priority());
    putTime(document, "created_at", job.createdAt());
    putTime(document, "started_at", job.startedAt());
    putTime(document, "finished_at", job.finishedAt());
    document.put("last_event", job.lastEvent());
    if (job.queuePosition() != null) {
      document.put("queue_position", job.queuePosition());
    }
    if (!job.tasks().isEmpty()) {
      JobProgress progress = new JobProgress(job, catalogue);
      document.set("stages", progress.stages());
      document.set("images", progress.images());
    }
    ArrayNode warnings = document.putArray("warnings");
    job.warnings().forEach(warnings::add);
    if (job.error() != null) {
      document.put("error", job.error());
    }
    putLinks(document, job.id());
    return document;
  }

  static void putTime(ObjectNode document, String field, long epochMillis) {
    if (epochMillis > 0) {
      document.put(field, Instant.ofEpochMilli(epochMillis).toString());
    }
  }

  private static void putSpec(ObjectNode document, JobSpec spec) {
    document.put("cascade", spec.cascade());
    for (RequestField field : RequestField.values()) {
      spec.given(field).ifPresent(given -> document.put(field.word(), given));
    }
    document.put("n", spec.n()).put("seed", spec.seed());
    document.set("settings", WireJson.MAPPER.valueToTree(spec.settings()));
  }

  private static void putLinks(ObjectNode document, String job) {
    String self = address(job);
    document
        .putObject("links")
        .put("self", self)
        .put("events", self + "/events")
        .put("cancel", self + "/cancel");
  }
}
