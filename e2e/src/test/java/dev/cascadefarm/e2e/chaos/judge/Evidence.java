package dev.cascadefarm.e2e.chaos.judge;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;

/** A history file, sorted by what its lines are about. */
final class Evidence {
  private static final ObjectMapper JSON = new ObjectMapper();

  final Map<String, Submission> submissions = new LinkedHashMap<>();
  final List<JsonNode> readings = new ArrayList<>();
  final Map<String, JsonNode> jobs = new LinkedHashMap<>();
  final Map<String, List<JsonNode>> logs = new LinkedHashMap<>();
  final NavigableMap<String, JsonNode> objects = new TreeMap<>();
  final List<JsonNode> pictures = new ArrayList<>();
  final List<String> findings = new ArrayList<>();
  private final List<String> twice = new ArrayList<>();

  /** One submission, over all its attempts. */
  static final class Submission {
    final List<String> jobs = new ArrayList<>();
    long seed;
    boolean unknown;

    /** Whether some attempt may have made a job. */
    boolean mayExist() {
      return unknown || !jobs.isEmpty();
    }
  }

  static Evidence read(Path file) {
    Evidence evidence = new Evidence();
    try {
      for (String line : Files.readAllLines(file)) {
        evidence.take(JSON.readTree(line));
      }
    } catch (IOException e) {
      throw new IllegalArgumentException("history " + file + ": " + e, e);
    }
    return evidence;
  }

  private void take(JsonNode line) {
    switch (line.path("op").asText()) {
      case "submit" -> submission(line);
      case "watch" -> readings.add(line);
      case "job" -> job(line.path("job"));
      case "log" -> logs.put(line.path("id").asText(), list(line.path("events")));
      case "object" -> objects.put(line.path("key").asText(), line);
      case "picture" -> pictures.add(line);
      case "audit" -> findings.add(line.path("finding").asText());
      case "fault", "exit", "run" -> {}
      default -> throw new IllegalArgumentException("history: " + line + " (expected: a known op)");
    }
  }

  private void job(JsonNode job) {
    if (jobs.put(job.path("id").asText(), job) != null) {
      twice.add(job.path("id").asText());
    }
  }

  /** Jobs that the farm lists more than once. */
  List<String> twice() {
    return twice;
  }

  private void submission(JsonNode line) {
    Submission submission =
        submissions.computeIfAbsent(line.path("key").asText(), key -> new Submission());
    submission.seed = line.path("seed").asLong();
    switch (line.path("type").asText()) {
      case "ok" -> {
        if (!submission.jobs.contains(line.path("job").asText())) {
          submission.jobs.add(line.path("job").asText());
        }
      }
      case "unknown" -> submission.unknown = true;
      case "invoke", "fail" -> {}
      default -> throw new IllegalArgumentException("history: " + line + " (expected: a type)");
    }
  }

  static List<JsonNode> list(JsonNode array) {
    List<JsonNode> list = new ArrayList<>();
    array.forEach(list::add);
    return list;
  }
}
