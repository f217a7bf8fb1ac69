package dev.cascadefarm.e2e.chaos.judge;

import com.fasterxml.jackson.databind.JsonNode;
import com.google.errorprone.annotations.FormatMethod;
import dev.cascadefarm.e2e.chaos.judge.Violation.Kind;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Judges a history: G1 to G8 of the farm's promises. An invocation without an outcome (its client
 * was ended) counts as unknown.
 */
public final class Checker {
  private final Evidence evidence;
  private final List<Violation> violations = new ArrayList<>();

  private Checker(Evidence evidence) {
    this.evidence = evidence;
  }

  /** Reads a history file to its end and judges it. */
  public static Verdict judge(Path history) {
    return new Checker(Evidence.read(history)).judge();
  }

  private Verdict judge() {
    acknowledgedJobsHaveSucceeded();
    jobsWereSubmittedOnce();
    int retried = 0;
    for (JsonNode job : evidence.jobs.values()) {
      List<JsonNode> log = evidence.logs.getOrDefault(job.path("id").asText(), List.of());
      JobLog judged = new JobLog(job, log, violations);
      judged.check();
      retried += judged.retried();
      new Committed(evidence, violations).check(job, judged.attempts());
    }
    evidence.readings.forEach(this::readerMissedNothing);
    evidence.findings.forEach(finding -> violations.add(new Violation(Kind.AUDIT, finding)));
    return new Verdict(evidence.jobs.size(), surfaced(), retried, violations);
  }

  private void acknowledgedJobsHaveSucceeded() {
    evidence.submissions.forEach(
        (key, submission) -> submission.jobs.forEach(job -> acknowledged(key, job)));
    evidence.jobs.forEach(
        (id, job) -> {
          if (!job.path("status").asText().equals("succeeded")) {
            add(Kind.LOST, "job %s is %s: %s", id, job.path("status"), job.path("error"));
          }
        });
  }

  private void acknowledged(String key, String job) {
    if (!evidence.jobs.containsKey(job)) {
      add(Kind.LOST, "job %s of submission %s is gone", job, key);
    }
  }

  private void jobsWereSubmittedOnce() {
    Map<Long, Evidence.Submission> bySeed = new HashMap<>();
    evidence.submissions.forEach(
        (key, submission) -> {
          bySeed.put(submission.seed, submission);
          if (submission.jobs.size() > 1) {
            add(Kind.DOUBLED, "submission %s was answered with %s", key, submission.jobs);
          }
        });
    Map<Long, String> seen = new HashMap<>();
    evidence.jobs.forEach(
        (id, job) -> {
          long seed = job.path("seed").asLong();
          Evidence.Submission submission = bySeed.get(seed);
          if (submission == null || !submission.mayExist()) {
            add(Kind.UNEXPECTED, "job %s with seed %d was never submitted", id, seed);
          }
          String other = seen.put(seed, id);
          if (other != null) {
            add(Kind.DOUBLED, "jobs %s and %s of one submission", other, id);
          }
        });
    evidence.twice().forEach(id -> add(Kind.DOUBLED, "job %s is listed twice", id));
  }

  /** Submissions without an answer whose job came to be. */
  private int surfaced() {
    return (int)
        evidence.jobs.values().stream()
            .map(job -> job.path("seed").asLong())
            .filter(
                seed ->
                    evidence.submissions.values().stream()
                        .anyMatch(each -> each.seed == seed && each.jobs.isEmpty()))
            .count();
  }

  /** A reader has what the log has, in its order; one that was cut short, the beginning of it. */
  private void readerMissedNothing(JsonNode reading) {
    String job = reading.path("job").asText();
    List<String> heard = marks(Evidence.list(reading.path("events")));
    List<String> log = marks(evidence.logs.getOrDefault(job, List.of()));
    boolean whole = reading.path("ended").asBoolean();
    List<String> expected = whole ? log : log.subList(0, Math.min(heard.size(), log.size()));
    if (!heard.equals(expected)) {
      add(Kind.GAP, "reader %s of job %s heard %s of %s", reading.path("reader"), job, heard, log);
    }
  }

  private static List<String> marks(List<JsonNode> events) {
    return events.stream()
        .map(e -> e.path("seq").asLong() + " " + e.path("type").asText())
        .toList();
  }

  @FormatMethod
  private void add(Kind kind, String text, Object... arguments) {
    violations.add(new Violation(kind, text.formatted(arguments)));
  }
}
