package dev.cascadefarm.coordinator.api;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.cascadefarm.common.cascade.Catalogue;
import dev.cascadefarm.common.cascade.InstalledBundle;
import dev.cascadefarm.common.cascade.StageBundle;
import dev.cascadefarm.common.job.PlannedStage;
import dev.cascadefarm.common.job.Progress;
import dev.cascadefarm.common.job.TaskId;
import dev.cascadefarm.common.job.TaskState;
import dev.cascadefarm.common.json.WireJson;
import dev.cascadefarm.common.queue.JobSnapshot;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** How far the stages and images of one job are. */
final class JobProgress {
  private static final String IMAGE = "image";

  private final JobSnapshot job;
  private final Catalogue catalogue;

  JobProgress(JobSnapshot job, Catalogue catalogue) {
    this.job = job;
    this.catalogue = catalogue;
  }

  ArrayNode stages() {
    ArrayNode stages = WireJson.MAPPER.createArrayNode();
    job.plan().stages().forEach(stage -> stages.add(stage(stage)));
    return stages;
  }

  ArrayNode images() {
    ArrayNode images = WireJson.MAPPER.createArrayNode();
    for (int index = 0; index < job.spec().n(); index++) {
      images.add(image(index));
    }
    return images;
  }

  private ObjectNode stage(PlannedStage stage) {
    List<JobSnapshot.Task> tasks = tasksOf(stage.name());
    int rows = rows(stage, tasks);
    ObjectNode document = WireJson.object();
    document.put("name", stage.name()).put("bundle", stage.bundle().toString());
    document.put("status", stageStatus(tasks));
    document.put("steps_done", tasks.stream().mapToInt(task -> done(task, rows)).sum());
    document.put("steps_total", tasks.stream().mapToInt(task -> total(task, rows)).sum());
    ArrayNode list = document.putArray("tasks");
    tasks.forEach(task -> list.add(task(task, rows)));
    return document;
  }

  private ObjectNode image(int index) {
    ObjectNode document = WireJson.object();
    document.put("index", index).put("seed", job.spec().seed() + index);
    List<PlannedStage> perImage =
        job.plan().stages().stream().filter(stage -> stage.per() == StageBundle.Per.IMAGE).toList();
    String last = perImage.get(perImage.size() - 1).name();
    Optional<JobSnapshot.Task> result = task(last, index);
    document.put("status", result.map(task -> status(task.state())).orElse("queued"));
    if (result.filter(JobProgress::isDone).isPresent()) {
      document.put("url", pictureAddress(index));
    }
    ArrayNode list = document.putArray("stages");
    for (PlannedStage stage : perImage) {
      task(stage.name(), index).ifPresent(task -> list.add(part(stage, task)));
    }
    return document;
  }

  private ObjectNode part(PlannedStage stage, JobSnapshot.Task task) {
    ObjectNode document = WireJson.object().put("name", task.id().stage());
    document.put("status", status(task.state()));
    if (isDone(task) && draws(stage)) {
      document.put("url", pictureAddress(task.id().image()) + "?stage=" + task.id().stage());
    }
    return document;
  }

  private String pictureAddress(int index) {
    return JobDocument.address(job.id()) + "/images/" + index;
  }

  private static ObjectNode task(JobSnapshot.Task task, int rows) {
    ObjectNode document = WireJson.object();
    if (task.id().image() != TaskId.WHOLE_JOB) {
      document.put(IMAGE, task.id().image());
    }
    document.put("status", task.state().word()).put("attempt", task.attempt());
    document.put("steps_done", done(task, rows)).put("steps_total", total(task, rows));
    if (task.worker() != null) {
      document.put("worker", task.worker());
    }
    if (task.error() != null) {
      document.put("error", task.error());
    }
    return document;
  }

  private List<JobSnapshot.Task> tasksOf(String stage) {
    return job.tasks().stream().filter(task -> task.id().stage().equals(stage)).toList();
  }

  private Optional<JobSnapshot.Task> task(String stage, int image) {
    return tasksOf(stage).stream().filter(task -> task.id().image() == image).findFirst();
  }

  private static boolean isDone(JobSnapshot.Task task) {
    return task.state() == TaskState.DONE;
  }

  /** Whether a stage makes pictures, not only tensors; of a bundle that is gone nobody knows. */
  private boolean draws(PlannedStage stage) {
    return catalogue.bundles().stream()
        .map(InstalledBundle::bundle)
        .filter(bundle -> bundle.id().equals(stage.bundle()))
        .allMatch(
            bundle ->
                bundle.outputs().values().stream().anyMatch(each -> each.media().equals(IMAGE)));
  }

  /** Rows of a task: as reported by any task of the stage, or else as its settings suggest. */
  private int rows(PlannedStage stage, List<JobSnapshot.Task> tasks) {
    for (JobSnapshot.Task task : tasks) {
      @Nullable Progress progress = task.progress();
      if (progress != null) {
        return progress.total();
      }
    }
    ObjectNode settings = job.spec().settings().getOrDefault(stage.name(), WireJson.object());
    return Math.max(1, settings.path("steps").asInt(1));
  }

  private static int total(JobSnapshot.Task task, int rows) {
    return task.progress() == null ? rows : task.progress().total();
  }

  private static int done(JobSnapshot.Task task, int rows) {
    if (task.state() == TaskState.DONE) {
      return total(task, rows);
    }
    return task.progress() == null ? 0 : task.progress().done();
  }

  private static String stageStatus(List<JobSnapshot.Task> tasks) {
    List<String> words = tasks.stream().map(task -> status(task.state())).distinct().toList();
    if (words.size() == 1) {
      return words.get(0);
    }
    for (String decisive : List.of("failed", "cancelled")) {
      if (words.contains(decisive)) {
        return decisive;
      }
    }
    return words.isEmpty() ? "queued" : "running";
  }

  private static String status(TaskState state) {
    return switch (state) {
      case BLOCKED, READY, DELAYED -> "queued";
      case LEASED -> "running";
      case DONE -> "succeeded";
      case DEAD -> "failed";
      case CANCELLED -> "cancelled";
    };
  }
}
