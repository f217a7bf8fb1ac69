package dev.cascadefarm.common.queue;

import dev.cascadefarm.common.cascade.StageBundle;
import dev.cascadefarm.common.job.JobPlan;
import dev.cascadefarm.common.job.PlannedStage;
import dev.cascadefarm.common.json.WireJson;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** Turns a submission into the flat arguments of {@code submit.lua}, checking every name. */
final class SubmitArguments {
  private static final Pattern ID = Pattern.compile("[a-z0-9-]{1,64}");
  private static final Pattern STAGE = Pattern.compile("[a-z0-9_-]{1,64}");
  private static final int MOST_STAGES = 16;
  private static final int MOST_IMAGES = 64;
  private static final int LONGEST_KEY = 255;
  private static final int HIGHEST_PRIORITY = 9;

  private SubmitArguments() {}

  static List<String> of(JobQueue.Submission submission, QueueConfig.Limits limits) {
    check(submission);
    JobPlan plan = submission.plan();
    String written = WireJson.write(plan);
    String key = submission.idempotencyKey() == null ? "" : submission.idempotencyKey();
    List<String> arguments =
        new ArrayList<>(
            List.of(
                submission.job(),
                submission.tenant(),
                key,
                submission.digest(),
                Integer.toString(submission.priority()),
                Long.toString(limits.ageing().toMillis()),
                Integer.toString(submission.spec().n()),
                Integer.toString(limits.backlog()),
                WireJson.write(submission.spec()),
                digest(written),
                written,
                Integer.toString(plan.stages().size())));
    for (PlannedStage stage : plan.stages()) {
      arguments.add(stage.name());
      arguments.add(stage.bundle().toString());
      arguments.add(stage.digest());
      arguments.add(stage.per() == StageBundle.Per.JOB ? "job" : "image");
      arguments.add(indexes(plan, other -> stage.after().contains(other.name())));
      arguments.add(indexes(plan, other -> other.after().contains(stage.name())));
    }
    return arguments;
  }

  /** Names a plan, so that the jobs that share it need it once: half a SHA-256, in hex. */
  private static String digest(String plan) {
    try {
      byte[] whole =
          MessageDigest.getInstance("SHA-256").digest(plan.getBytes(StandardCharsets.UTF_8));
      return HexFormat.of().formatHex(whole, 0, whole.length / 2);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("SHA-256 is part of every JDK", e);
    }
  }

  private static String indexes(
      JobPlan plan, java.util.function.Predicate<PlannedStage> condition) {
    return IntStream.range(0, plan.stages().size())
        .filter(i -> condition.test(plan.stages().get(i)))
        .mapToObj(Integer::toString)
        .collect(Collectors.joining(" "));
  }

  private static void check(JobQueue.Submission submission) {
    name(ID, "job", submission.job());
    name(ID, "tenant", submission.tenant());
    range("n", submission.spec().n(), 1, MOST_IMAGES);
    range("priority", submission.priority(), 0, HIGHEST_PRIORITY);
    range("stages", submission.plan().stages().size(), 1, MOST_STAGES);
    String key = submission.idempotencyKey();
    if (key != null) {
      range("length of the idempotency key", key.length(), 1, LONGEST_KEY);
    }
    List<String> before = new ArrayList<>();
    for (PlannedStage stage : submission.plan().stages()) {
      name(STAGE, "stage", stage.name());
      if (before.contains(stage.name())) {
        throw new IllegalArgumentException("stage: " + stage.name() + " (expected: once)");
      }
      if (!before.containsAll(stage.after())) {
        throw new IllegalArgumentException(
            stage.name() + ": after: " + stage.after() + " (expected: some of " + before + ")");
      }
      before.add(stage.name());
    }
  }

  private static void name(Pattern form, String what, String value) {
    if (!form.matcher(value).matches()) {
      throw new IllegalArgumentException(what + ": " + value + " (expected: " + form + ")");
    }
  }

  private static void range(String what, int value, int least, int most) {
    if (value < least || value > most) {
      throw new IllegalArgumentException(
          what + ": " + value + " (expected: " + least + " to " + most + ")");
    }
  }
}
