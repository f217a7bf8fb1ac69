package dev.cascadefarm.common.store;

import java.net.URI;
import java.time.Duration;
import java.util.Objects;
import java.util.regex.Pattern;

/**
 * How the artifact store is reached and how patient it is.
 *
 * @param endpoint for example {@code http://127.0.0.1:9000}
 * @param secretKey never printed
 * @param bucket 3 to 63 characters; created at the start if it is not there
 * @param deadline longest duration of one operation, connecting and waiting for a turn included
 * @param maxObjectBytes largest object written or read
 */
public record StoreConfig(
    String endpoint,
    String accessKey,
    String secretKey,
    String bucket,
    Duration deadline,
    long maxObjectBytes) {
  private static final Pattern BUCKET = Pattern.compile("[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]");
  private static final Duration DEFAULT_DEADLINE = Duration.ofSeconds(10);
  private static final long DEFAULT_MAX_OBJECT_BYTES = 256L << 20;
  private static final long MAX_ARRAY_BYTES = Integer.MAX_VALUE - 8;

  /** Checks every field. */
  public StoreConfig {
    Objects.requireNonNull(accessKey, "accessKey");
    Objects.requireNonNull(secretKey, "secretKey");
    String scheme = URI.create(endpoint).getScheme();
    require("http".equals(scheme) || "https".equals(scheme), "endpoint", endpoint, "http(s)://…");
    require(BUCKET.matcher(bucket).matches(), "bucket", bucket, "3 to 63 of a-z 0-9 . -");
    require(!deadline.isNegative() && !deadline.isZero(), "deadline", deadline, "> 0");
    require(
        maxObjectBytes > 0 && maxObjectBytes <= MAX_ARRAY_BYTES,
        "max_object_bytes",
        maxObjectBytes,
        "1 to " + MAX_ARRAY_BYTES);
  }

  /** The defaults, for a bucket at {@code endpoint}. */
  public static StoreConfig of(String endpoint, String accessKey, String secretKey, String bucket) {
    return new StoreConfig(
        endpoint, accessKey, secretKey, bucket, DEFAULT_DEADLINE, DEFAULT_MAX_OBJECT_BYTES);
  }

  /** These settings with another deadline. */
  public StoreConfig withDeadline(Duration other) {
    return new StoreConfig(endpoint, accessKey, secretKey, bucket, other, maxObjectBytes);
  }

  /** These settings with another size limit. */
  public StoreConfig withMaxObjectBytes(long other) {
    return new StoreConfig(endpoint, accessKey, secretKey, bucket, deadline, other);
  }

  private static void require(boolean holds, String name, Object value, String expected) {
    if (!holds) {
      throw new IllegalArgumentException("%s: %s (expected: %s)".formatted(name, value, expected));
    }
  }

  @Override
  public String toString() {
    return "StoreConfig[%s, bucket %s, access key %s, deadline %s, at most %d bytes]"
        .formatted(endpoint, bucket, accessKey, deadline, maxObjectBytes);
  }
}
