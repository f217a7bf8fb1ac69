package dev.cascadefarm.standalone.render;

import com.fasterxml.jackson.databind.JsonNode;
import dev.cascadefarm.standalone.progress.StageSize;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The parts of a job's description that a client needs; fields it does not know are left alone.
 *
 * @param status word of the job's state
 * @param images for each image, the stages that have drawn it, in order
 * @param stages size of each stage, in order
 * @param error why it failed; empty otherwise
 */
public record JobView(
    String id,
    String status,
    List<List<String>> images,
    Map<String, StageSize> stages,
    List<String> warnings,
    String error) {
  public JobView {
    images = List.copyOf(images);
    warnings = List.copyOf(warnings);
  }

  /** Reads the answer of {@code GET /v1/jobs/ID}. */
  public static JobView of(JsonNode job) {
    Map<String, StageSize> stages = new LinkedHashMap<>();
    for (JsonNode stage : job.path("stages")) {
      stages.put(stage.path("name").asText(), size(stage));
    }
    List<List<String>> images = new ArrayList<>();
    job.path("images").forEach(image -> images.add(drawn(image)));
    List<String> warnings = new ArrayList<>();
    job.path("warnings").forEach(warning -> warnings.add(warning.asText()));
    return new JobView(
        job.path("id").asText(),
        job.path("status").asText(),
        images,
        stages,
        warnings,
        job.path("error").asText(""));
  }

  /** Whether every picture is there. */
  public boolean succeeded() {
    return status.equals("succeeded");
  }

  private static List<String> drawn(JsonNode image) {
    List<String> stages = new ArrayList<>();
    for (JsonNode stage : image.path("stages")) {
      if (stage.hasNonNull("url")) {
        stages.add(stage.path("name").asText());
      }
    }
    return stages;
  }

  private static StageSize size(JsonNode stage) {
    int tasks = Math.max(1, stage.path("tasks").size());
    return new StageSize(tasks, Math.max(1, stage.path("steps_total").asInt() / tasks));
  }
}
