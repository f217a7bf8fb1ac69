package dev.cascadefarm.benchmark;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.cascadefarm.common.cascade.BundleId;
import dev.cascadefarm.common.cascade.StageBundle;
import dev.cascadefarm.common.job.JobPlan;
import dev.cascadefarm.common.job.JobSpec;
import dev.cascadefarm.common.job.PlannedStage;
import dev.cascadefarm.common.json.WireJson;
import dev.cascadefarm.common.queue.JobQueue.Submission;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.IntStream;

/** What jobs the queues are given; every task does nothing. */
enum Workload {
  /** One task. */
  SINGLE(1),
  /** Three tasks, each of which waits for the one before. */
  CHAIN(3);

  private static final String CAPTION =
      "a large red circle above a small blue square on a black background";

  private final int stages;

  Workload(int stages) {
    this.stages = stages;
  }

  /** Its name as an argument of a command. */
  String word() {
    return name().toLowerCase(Locale.ROOT);
  }

  static Workload of(String word) {
    return valueOf(word.toUpperCase(Locale.ROOT));
  }

  int stages() {
    return stages;
  }

  /** The bundle of a stage. */
  BundleId bundle(int stage) {
    return new BundleId(word() + stage, 1);
  }

  String digest(int stage) {
    return "digest-of-" + bundle(stage);
  }

  JobPlan plan() {
    List<PlannedStage> planned = new ArrayList<>();
    for (int stage = 0; stage < stages; stage++) {
      List<String> after = stage == 0 ? List.of() : List.of(name(stage - 1));
      planned.add(
          new PlannedStage(
              name(stage), bundle(stage), digest(stage), StageBundle.Per.JOB, Map.of(), after));
    }
    return new JobPlan(planned);
  }

  private static String name(int stage) {
    return "stage" + stage;
  }

  static int stage(String name) {
    return Integer.parseInt(name.substring("stage".length()));
  }

  /** What a client asked for, about 250 bytes as JSON: the payload of every system. */
  static JobSpec spec(long seed) {
    Map<String, ObjectNode> settings =
        Map.of(
            "base", WireJson.object().put("steps", 25).put("guidance", 3.0).put("eta", 0.5),
            "sr64", WireJson.object().put("steps", 10).put("guidance", 1.5));
    return new JobSpec("scenes@1", CAPTION, null, 1, seed, settings);
  }

  Submission submission(String tenant, String job, int priority, JobPlan plan) {
    return new Submission(tenant, job, null, "digest-of-" + job, priority, spec(42), plan);
  }

  IntStream stageNumbers() {
    return IntStream.range(0, stages);
  }
}
