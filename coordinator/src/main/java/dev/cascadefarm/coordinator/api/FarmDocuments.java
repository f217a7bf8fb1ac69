package dev.cascadefarm.coordinator.api;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.cascadefarm.common.cascade.Cascade;
import dev.cascadefarm.common.cascade.CascadeStage;
import dev.cascadefarm.common.cascade.Catalogue;
import dev.cascadefarm.common.cascade.StageBundle;
import dev.cascadefarm.common.json.WireJson;
import dev.cascadefarm.common.queue.WorkerSnapshot;
import java.util.List;

/** Cascades and workers as the API shows them. */
final class FarmDocuments {
  private FarmDocuments() {}

  static ObjectNode cascades(Catalogue catalogue) {
    ObjectNode document = WireJson.object();
    ArrayNode cascades = document.putArray("cascades");
    catalogue.cascades().forEach(cascade -> cascades.add(cascade(catalogue, cascade)));
    return document;
  }

  static ObjectNode workers(List<WorkerSnapshot> workers) {
    ObjectNode document = WireJson.object();
    ArrayNode list = document.putArray("workers");
    workers.forEach(worker -> list.add(worker(worker)));
    return document;
  }

  private static ObjectNode cascade(Catalogue catalogue, Cascade cascade) {
    ObjectNode document = WireJson.object();
    document.put("name", cascade.name()).put("version", cascade.version());
    document.put("description", cascade.description());
    ArrayNode stages = document.putArray("stages");
    cascade.stages().forEach(stage -> stages.add(stage(catalogue, stage)));
    return document;
  }

  private static ObjectNode stage(Catalogue catalogue, CascadeStage stage) {
    StageBundle bundle = catalogue.bundle(stage.bundle()).bundle();
    ObjectNode document = WireJson.object();
    document.put("name", stage.name()).put("bundle", stage.bundle().toString());
    document.set("inputs", WireJson.MAPPER.valueToTree(stage.inputs()));
    if (bundle.imageSize() > 0) {
      document.put("image_size", bundle.imageSize());
    }
    document.set("parameters", bundle.parameters());
    return document;
  }

  private static ObjectNode worker(WorkerSnapshot worker) {
    ObjectNode document = WireJson.object();
    document.put("id", worker.id()).put("bundle", worker.bundle().toString());
    document.put("host", worker.host()).put("pid", worker.pid());
    document.put("device", worker.device());
    document.put("slots", worker.slots()).put("busy", worker.busy());
    if (worker.secondsPerTask() != null) {
      document.put("seconds_per_task", worker.secondsPerTask());
    }
    JobDocument.putTime(document, "last_seen", worker.lastSeen());
    return document;
  }
}
