package dev.cascadefarm.common.store;

import io.minio.errors.ErrorResponseException;

/** Turns the failures of the S3 client into those of the store, by status and error code. */
final class StoreFaults {
  private static final int FORBIDDEN = 403;
  private static final int UNAUTHORIZED = 401;
  private static final String NO_SUCH_KEY = "NoSuchKey";

  private StoreFaults() {}

  /**
   * Translates a failure. An illegal argument stays one: trying again would not help.
   *
   * @param subject the key, the prefix or the bucket that was asked for
   */
  static RuntimeException translate(String subject, Throwable failure) {
    if (failure instanceof StoreException || failure instanceof IllegalArgumentException) {
      return (RuntimeException) failure;
    }
    if (failure instanceof ErrorResponseException answer) {
      return translateAnswer(subject, answer);
    }
    return unavailable(subject, failure);
  }

  /** Returns whether the store says that the bucket is there already. */
  static boolean bucketExists(ErrorResponseException answer) {
    String code = answer.errorResponse().code();
    return "BucketAlreadyOwnedByYou".equals(code) || "BucketAlreadyExists".equals(code);
  }

  private static StoreException translateAnswer(String subject, ErrorResponseException answer) {
    int status = answer.response().code();
    if (NO_SUCH_KEY.equals(answer.errorResponse().code())) {
      return new ArtifactNotFoundException(subject, answer);
    }
    if (status == FORBIDDEN || status == UNAUTHORIZED) {
      return new StoreRefusedException(
          "store: %s for %s (expected: credentials that allow it)"
              .formatted(answer.errorResponse().code(), subject),
          answer);
    }
    return unavailable(subject, answer);
  }

  private static StoreException unavailable(String subject, Throwable failure) {
    return new StoreUnavailableException(
        "store: no answer for %s: %s (expected: an S3 store)".formatted(subject, failure), failure);
  }
}
