package dev.cascadefarm.common.store;

import dev.cascadefarm.common.cascade.RequestField;

/**
 * The keys of pictures that people bring: {@code tenants/TENANT/uploads/ID.png} until a job takes
 * one, and {@code tenants/TENANT/jobs/JOB/request/FIELD.png} for the job's own copy, which lives as
 * long as the rest of the job. No stage is named {@code request}. An id is the SHA-256 of the
 * stored bytes.
 */
public final class PictureKeys {
  private static final String FORMAT = ".png";

  private PictureKeys() {}

  /** Returns the prefix of everything that a tenant uploaded, ending with a slash. */
  public static String uploads(String tenant) {
    return "tenants/%s/uploads/".formatted(ArtifactKeys.part("tenant", tenant));
  }

  /** Returns the key of an upload. */
  public static String upload(String tenant, String id) {
    return uploads(tenant) + ArtifactKeys.part("upload", id) + FORMAT;
  }

  /** Returns the prefix of a job's own copies of what it was given, ending with a slash. */
  public static String given(String tenant, String job) {
    return ArtifactKeys.jobPrefix(tenant, job) + "request/";
  }

  /** Returns the key of a job's own copy of the picture that it was given in a field. */
  public static String given(String tenant, String job, RequestField field) {
    return given(tenant, job) + field.word() + FORMAT;
  }
}
