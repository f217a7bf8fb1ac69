package dev.cascadefarm.common.job;

/**
 * Names one task of a job; deterministic, so that readying a task twice is harmless.
 *
 * @param image 0-based image index, or {@link #WHOLE_JOB} for a stage with one task per job
 */
public record TaskId(String job, String stage, int image) {
  /** The image index of a task that serves the whole job. */
  public static final int WHOLE_JOB = -1;

  /** How the image is written in keys and paths: a number, or {@code job}. */
  public String imageName() {
    return image == WHOLE_JOB ? "job" : Integer.toString(image);
  }

  /** Reads {@code JOB:STAGE:IMAGE}. */
  public static TaskId parse(String text) {
    String[] parts = text.split(":", -1);
    if (parts.length != 3) {
      throw new IllegalArgumentException("task: " + text + " (expected: JOB:STAGE:IMAGE)");
    }
    return new TaskId(
        parts[0], parts[1], parts[2].equals("job") ? WHOLE_JOB : Integer.parseInt(parts[2]));
  }

  @Override
  public String toString() {
    return job + ":" + stage + ":" + imageName();
  }
}
