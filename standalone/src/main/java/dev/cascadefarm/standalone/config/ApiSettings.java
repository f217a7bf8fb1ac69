package dev.cascadefarm.standalone.config;

import dev.cascadefarm.coordinator.upload.UploadLimits;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/** Settings of a coordinator's HTTP API. */
public final class ApiSettings {
  private static final UploadLimits USUAL_UPLOADS = UploadLimits.defaults();

  public static final Setting<String> HOST =
      Setting.of(
          "api.host",
          Kinds.HOST,
          "127.0.0.1",
          "interface to listen on; anything but loopback needs `api.token` or `api.tokens-file`");

  public static final Setting<Integer> PORT =
      Setting.of("api.port", Kinds.PORT, "8080", "port to listen on; 0 takes a free one");

  public static final Setting<String> TOKEN =
      Setting.secret(
          "api.token",
          "bearer token that clients send; coordinators take it for the administrator's of tenant"
              + " `default`; 16 to 512 visible characters");

  public static final Setting<Path> TOKENS_FILE =
      Setting.of(
          "api.tokens-file",
          Kind.path(),
          null,
          "YAML file of further tokens with tenant and role, and of what tenants may have");

  public static final Setting<List<String>> ORIGINS =
      Setting.of(
          "api.origins",
          Kinds.ORIGINS,
          "",
          "web origins, beside its own, whose pages may use the API");

  public static final Setting<Integer> STREAMS =
      Setting.of("api.streams", Kinds.COUNT, "1000", "event streams open at once");

  public static final Setting<Duration> STREAM_POLL =
      Setting.of(
          "api.stream-poll",
          Kinds.SHORT,
          "2s",
          "how often a stream looks at the log without a hint");

  public static final Setting<Duration> STREAM_PING =
      Setting.of("api.stream-ping", Kinds.SHORT, "20s", "how long a stream may be silent");

  public static final Setting<Duration> STREAM_DRAIN =
      Setting.of(
          "api.stream-drain", Kinds.SHORT, "30s", "how long a reader may leave its stream full");

  public static final Setting<Integer> STREAM_PAGE =
      Setting.of(
          "api.stream-page", Kind.integer(1, 1000), "100", "events read from the log at once");

  public static final Setting<Long> UPLOAD_BYTES =
      Setting.of(
          "api.upload-bytes",
          Kind.bytes(1, UploadLimits.MAX_BYTES),
          String.valueOf(USUAL_UPLOADS.bytes()),
          "largest picture file that may be uploaded");

  public static final Setting<Integer> UPLOAD_SIDE =
      Setting.of(
          "api.upload-side",
          Kind.integer(1, UploadLimits.MAX_SIDE),
          String.valueOf(USUAL_UPLOADS.side()),
          "longest side of an uploaded picture in pixels");

  public static final Setting<Integer> UPLOAD_PIXELS =
      Setting.of(
          "api.upload-pixels",
          Kind.integer(1, (int) UploadLimits.MAX_PIXELS),
          String.valueOf(USUAL_UPLOADS.pixels()),
          "most pixels of an uploaded picture");

  public static final Setting<Integer> UPLOADS =
      Setting.of(
          "api.uploads",
          Kind.integer(1, UploadLimits.MAX_KEPT),
          String.valueOf(USUAL_UPLOADS.kept()),
          "uploads of one tenant that are kept; the oldest go first, none within its first hour");

  public static final Setting<Duration> QUEUE_DEADLINE =
      Setting.of(
          "api.queue-deadline", Kinds.SHORT, "5s", "how long a request waits for queue or store");

  static final List<Setting<?>> ALL =
      List.of(
          HOST,
          PORT,
          TOKEN,
          TOKENS_FILE,
          ORIGINS,
          STREAMS,
          STREAM_POLL,
          STREAM_PING,
          STREAM_DRAIN,
          STREAM_PAGE,
          UPLOAD_BYTES,
          UPLOAD_SIDE,
          UPLOAD_PIXELS,
          UPLOADS,
          QUEUE_DEADLINE);

  private ApiSettings() {}
}
