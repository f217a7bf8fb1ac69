package dev.cascadefarm.e2e.chaos.judge;

import com.fasterxml.jackson.databind.JsonNode;
import com.google.errorprone.annotations.FormatMethod;
import dev.cascadefarm.e2e.chaos.judge.Violation.Kind;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/** The event log of one job, read from its first line to its last. */
final class JobLog {
  private static final String WHOLE_JOB = "job";
  private static final Set<String> TERMINAL =
      Set.of("job.succeeded", "job.failed", "job.cancelled");

  private final JsonNode job;
  private final List<JsonNode> events;
  private final List<Violation> violations;
  private final Map<String, Integer> running = new HashMap<>();
  private final Map<String, Integer> completed = new LinkedHashMap<>();
  private final List<String> pictures = new ArrayList<>();
  private int retried;

  JobLog(JsonNode job, List<JsonNode> events, List<Violation> violations) {
    this.job = job;
    this.events = events;
    this.violations = violations;
  }

  /** The attempt that completed each task, by STAGE/IMAGE. */
  Map<String, Integer> attempts() {
    return completed;
  }

  int retried() {
    return retried;
  }

  void check() {
    numbersHaveNoGap();
    endsOnce();
    for (JsonNode event : events) {
      switch (event.path("type").asText()) {
        case "task.started" -> started(event);
        case "task.retried" -> taken(event);
        case "task.completed" -> completed(event);
        case "image.completed" -> pictures.add(event.path("image").asText());
        default -> {}
      }
    }
    if (job.path("status").asText().equals("succeeded")) {
      everythingIsDoneOnce();
    }
  }

  private void numbersHaveNoGap() {
    for (int i = 0; i < events.size(); i++) {
      if (events.get(i).path("seq").asLong() != i + 1) {
        add(Kind.GAP, "event %d has number %s", i + 1, events.get(i).path("seq"));
        return;
      }
    }
  }

  private void endsOnce() {
    List<String> ends =
        events.stream().map(e -> e.path("type").asText()).filter(TERMINAL::contains).toList();
    String last = events.isEmpty() ? "" : events.get(events.size() - 1).path("type").asText();
    if (!ends.equals(List.of("job." + job.path("status").asText())) || !TERMINAL.contains(last)) {
      add(Kind.GAP, "ends %s, last event %s", ends, last);
    }
  }

  private void started(JsonNode event) {
    String task = task(event);
    running.put(task, event.path("attempt").asInt());
    int stage = stages().indexOf(event.path("stage").asText());
    if (stage < 0) {
      add(Kind.ORDER, "%s started and is no task of this job", task);
    } else if (stage > 0 && !hasInput(stages().get(stage - 1), event)) {
      add(Kind.ORDER, "%s started before its input was there", task);
    }
  }

  private boolean hasInput(String before, JsonNode event) {
    return completed.containsKey(before + "/" + WHOLE_JOB)
        || completed.containsKey(before + "/" + event.path("image").asText(WHOLE_JOB));
  }

  private void taken(JsonNode event) {
    retried++;
    running.remove(task(event));
  }

  private void completed(JsonNode event) {
    String task = task(event);
    int attempt = event.path("attempt").asInt();
    Integer lease = running.remove(task);
    if (completed.put(task, attempt) != null) {
      add(Kind.DOUBLED, "%s was completed twice", task);
    } else if (lease == null || lease != attempt) {
      add(Kind.STALE, "%s was completed by attempt %d; leased was %s", task, attempt, lease);
    }
  }

  private void everythingIsDoneOnce() {
    Set<String> tasks = new TreeSet<>();
    for (JsonNode stage : job.path("stages")) {
      for (JsonNode each : stage.path("tasks")) {
        String name = stage.path("name").asText() + "/" + each.path("image").asText(WHOLE_JOB);
        if (!tasks.add(name)) {
          add(Kind.DOUBLED, "%s is there twice", name);
        }
      }
    }
    if (!new TreeSet<>(completed.keySet()).equals(tasks) || tasks.isEmpty()) {
      add(Kind.LOST, "succeeded with %s completed of %s", completed.keySet(), tasks);
    }
    List<String> images = new ArrayList<>();
    for (int image = 0; image < job.path("n").asInt(); image++) {
      images.add(Integer.toString(image));
    }
    if (!pictures.stream().sorted().toList().equals(images.stream().sorted().toList())) {
      add(
          pictures.size() > images.size() ? Kind.DOUBLED : Kind.LOST,
          "images completed: %s of %s",
          pictures,
          images);
    }
  }

  private List<String> stages() {
    List<String> names = new ArrayList<>();
    job.path("stages").forEach(stage -> names.add(stage.path("name").asText()));
    return names;
  }

  private static String task(JsonNode event) {
    return event.path("stage").asText() + "/" + event.path("image").asText(WHOLE_JOB);
  }

  @FormatMethod
  private void add(Kind kind, String text, Object... arguments) {
    String what = "job " + job.path("id").asText() + ": " + text.formatted(arguments);
    violations.add(new Violation(kind, what));
  }
}
