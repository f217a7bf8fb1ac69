package dev.cascadefarm.standalone.config;

import java.time.Duration;
import java.util.List;

/** Settings of the artifact store. */
public final class StoreSettings {
  public static final Setting<String> ENDPOINT =
      Setting.of("s3.endpoint", Kind.url("http", "https"), null, "S3 store");

  public static final Setting<Integer> PORT =
      Setting.of("s3.port", Kinds.PORT, "0", "port of the embedded store; 0 takes a free one");

  public static final Setting<String> ACCESS_KEY =
      Setting.secret("s3.access-key", "access key of the store");

  public static final Setting<String> SECRET_KEY =
      Setting.secret("s3.secret-key", "secret key of the store");

  public static final Setting<String> BUCKET =
      Setting.of(
          "s3.bucket",
          Kinds.BUCKET,
          "cascade-farm",
          "bucket of the artifacts, made if it is missing");

  public static final Setting<Duration> DEADLINE =
      Setting.of("s3.deadline", Kinds.SHORT, "10s", "how long one operation may take");

  public static final Setting<Long> MAX_OBJECT_BYTES =
      Setting.of(
          "s3.max-object-bytes",
          Kind.bytes(1, Integer.MAX_VALUE - 8),
          "268435456",
          "largest object");

  static final List<Setting<?>> ALL =
      List.of(ENDPOINT, PORT, ACCESS_KEY, SECRET_KEY, BUCKET, DEADLINE, MAX_OBJECT_BYTES);

  private StoreSettings() {}
}
