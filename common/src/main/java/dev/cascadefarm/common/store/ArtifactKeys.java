package dev.cascadefarm.common.store;

import dev.cascadefarm.common.job.TaskId;
import java.util.regex.Pattern;

/**
 * The keys of one attempt at one task: {@code
 * tenants/TENANT/jobs/JOB/STAGE/IMAGE/ATTEMPT-NONCE/NAME}. No other attempt ever shares them. Every
 * part is letters, digits, {@code . _ -}, and begins with a letter or a digit, so that a key can
 * neither leave its place nor be hidden.
 */
public final class ArtifactKeys {
  private static final Pattern PART = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]{0,127}");

  private final String prefix;

  private ArtifactKeys(String prefix) {
    this.prefix = prefix;
  }

  /**
   * The keys of an attempt.
   *
   * @param attempt 1 for the first lease of the task
   * @param nonce the token of the lease
   * @throws IllegalArgumentException if a part is not fit for a key
   */
  public static ArtifactKeys of(String tenant, TaskId task, int attempt, String nonce) {
    if (attempt < 1) {
      throw new IllegalArgumentException("attempt: %d (expected: >= 1)".formatted(attempt));
    }
    return new ArtifactKeys(
        "%s%d-%s/".formatted(taskPrefix(tenant, task), attempt, part("nonce", nonce)));
  }

  /** Returns the prefix of everything that attempts at a task wrote, ending with a slash. */
  static String taskPrefix(String tenant, TaskId task) {
    return "%s%s/%s/"
        .formatted(
            jobPrefix(tenant, task.job()),
            part("stage", task.stage()),
            part("image", task.imageName()));
  }

  /** Returns the prefix of everything that a job ever wrote, ending with a slash. */
  public static String jobPrefix(String tenant, String job) {
    return "tenants/%s/jobs/%s/".formatted(part("tenant", tenant), part("job", job));
  }

  /** Returns the key of an object of this attempt. */
  public String key(String name) {
    return prefix + part("name", name);
  }

  /** Returns the prefix of this attempt, ending with a slash. */
  public String prefix() {
    return prefix;
  }

  static String part(String what, String text) {
    if (!PART.matcher(text).matches()) {
      throw new IllegalArgumentException(
          "%s: '%s' (expected: 1 to 128 of A-Z a-z 0-9 . _ - after a letter or digit)"
              .formatted(what, text));
    }
    return text;
  }

  @Override
  public String toString() {
    return prefix;
  }
}
