package dev.cascadefarm.standalone.render;

/** A job that ended without its pictures. */
public final class JobFailedException extends RuntimeException {
  /** Says how the job ended and why. */
  public JobFailedException(JobView job) {
    super(
        "job " + job.id() + " " + job.status() + (job.error().isEmpty() ? "" : ": " + job.error()));
  }
}
