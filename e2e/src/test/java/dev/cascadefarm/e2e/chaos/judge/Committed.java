package dev.cascadefarm.e2e.chaos.judge;

import com.fasterxml.jackson.databind.JsonNode;
import dev.cascadefarm.e2e.chaos.judge.Violation.Kind;
import java.util.List;
import java.util.Map;

/**
 * The objects that a job's completed tasks committed: each attempt has its own folder, with a
 * manifest that names its outputs by key and SHA-256.
 */
final class Committed {
  private final Evidence evidence;
  private final List<Violation> violations;

  Committed(Evidence evidence, List<Violation> violations) {
    this.evidence = evidence;
    this.violations = violations;
  }

  /**
   * Looks at everything that one job committed.
   *
   * @param attempts the attempt that completed each task, by STAGE/IMAGE
   */
  void check(JsonNode job, Map<String, Integer> attempts) {
    attempts.forEach((task, attempt) -> committed(job.path("id").asText(), task, attempt));
  }

  private void committed(String job, String task, int attempt) {
    String folder = "/jobs/%s/%s/%d-".formatted(job, task, attempt);
    List<JsonNode> manifests =
        evidence.objects.values().stream()
            .filter(object -> object.has("manifest"))
            .filter(object -> object.path("key").asText().contains(folder))
            .toList();
    if (manifests.size() != 1) {
      add("%s: %d manifests under %s (expected: 1)".formatted(job, manifests.size(), folder));
      return;
    }
    JsonNode outputs = manifests.get(0).path("manifest").path("outputs");
    if (outputs.isEmpty()) {
      add("%s: the manifest of %s names nothing".formatted(job, folder));
    }
    outputs.forEach(output -> intact(job, output.path("artifact")));
    evidence.pictures.stream()
        .filter(picture -> picture.path("job").asText().equals(job))
        .filter(picture -> picture.path("task").asText().equals(task))
        .forEach(picture -> served(picture, outputs));
  }

  private void intact(String job, JsonNode artifact) {
    JsonNode object = evidence.objects.get(artifact.path("key").asText());
    if (object == null) {
      add("%s: %s is not there".formatted(job, artifact));
    } else if (!object.path("sha256").equals(artifact.path("sha256"))
        || object.path("bytes").asLong() != artifact.path("size").asLong()) {
      add("%s: %s is %s".formatted(job, artifact, object));
    }
  }

  /** What the API serves is an output of the attempt that completed the task. */
  private void served(JsonNode picture, JsonNode outputs) {
    if (!outputs.findValuesAsText("sha256").contains(picture.path("sha256").asText())) {
      add("%s is no output of %s".formatted(picture, outputs));
    }
  }

  private void add(String text) {
    violations.add(new Violation(Kind.OBJECT, text));
  }
}
