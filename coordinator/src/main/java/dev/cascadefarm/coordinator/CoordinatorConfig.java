package dev.cascadefarm.coordinator;

import dev.cascadefarm.coordinator.access.AccessConfig;
import dev.cascadefarm.coordinator.chores.ChoreConfig;
import dev.cascadefarm.coordinator.events.FeedLimits;
import dev.cascadefarm.coordinator.upload.UploadLimits;
import java.time.Duration;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * How a coordinator listens and behaves.
 *
 * @param host interface to listen on; anything but the loopback interface needs a token
 * @param port 0 for any free one
 * @param access who may come in; whom nobody keeps out can only be on this machine
 * @param origins web origins, beside the coordinator's own, whose pages may use the API; each as
 *     browsers send it, for example {@code https://farm.example}
 * @param feeds bounds of event streams
 * @param uploads bounds of the pictures that people bring
 * @param queueDeadline how long an answer of the queue or the store is waited for
 * @param chores what it does beside answering
 */
public record CoordinatorConfig(
    String host,
    int port,
    AccessConfig access,
    Set<String> origins,
    FeedLimits feeds,
    UploadLimits uploads,
    Duration queueDeadline,
    ChoreConfig chores) {
  private static final Pattern LOOPBACK =
      Pattern.compile("localhost|127(\\.\\d{1,3}){3}|::1|\\[::1]");

  public CoordinatorConfig {
    origins = Set.copyOf(origins);
    if (port < 0 || port > 65_535) {
      throw new IllegalArgumentException("port: " + port + " (expected: 0 to 65535)");
    }
    if (!access.locked() && !LOOPBACK.matcher(host).matches()) {
      throw new IllegalArgumentException(
          "host: " + host + " without an API token (expected: FARM_API_TOKEN, or a loopback host)");
    }
  }

  /** An open farm on the loopback interface, port 8080. */
  public static CoordinatorConfig defaults() {
    return new CoordinatorConfig(
        "127.0.0.1",
        8080,
        AccessConfig.open(),
        Set.of(),
        FeedLimits.defaults(),
        UploadLimits.defaults(),
        Duration.ofSeconds(5),
        ChoreConfig.defaults());
  }

  /** The same, listening elsewhere. */
  public CoordinatorConfig withAddress(String newHost, int newPort, @Nullable String adminToken) {
    AccessConfig newAccess = AccessConfig.of(adminToken, null);
    return new CoordinatorConfig(
        newHost, newPort, newAccess, origins, feeds, uploads, queueDeadline, chores);
  }

  /** The same for others. */
  public CoordinatorConfig withAccess(AccessConfig newAccess) {
    return new CoordinatorConfig(
        host, port, newAccess, origins, feeds, uploads, queueDeadline, chores);
  }

  /** The same with other bounds of event streams. */
  public CoordinatorConfig withFeeds(FeedLimits newFeeds) {
    return new CoordinatorConfig(
        host, port, access, origins, newFeeds, uploads, queueDeadline, chores);
  }

  /** The same with other bounds of uploads. */
  public CoordinatorConfig withUploads(UploadLimits newUploads) {
    return new CoordinatorConfig(
        host, port, access, origins, feeds, newUploads, queueDeadline, chores);
  }

  /** The same with other foreign origins. */
  public CoordinatorConfig withOrigins(Set<String> newOrigins) {
    return new CoordinatorConfig(
        host, port, access, newOrigins, feeds, uploads, queueDeadline, chores);
  }

  /** The same with other chores. */
  public CoordinatorConfig withChores(ChoreConfig newChores) {
    return new CoordinatorConfig(
        host, port, access, origins, feeds, uploads, queueDeadline, newChores);
  }

  /** Whether only this machine can connect. */
  public boolean loopback() {
    return isLoopback(host);
  }

  /** Whether that host name can only mean this machine. */
  public static boolean isLoopback(String host) {
    return LOOPBACK.matcher(host).matches();
  }

  @Override
  public String toString() {
    return "CoordinatorConfig[host="
        + host
        + ", port="
        + port
        + ", access="
        + access
        + ", origins="
        + origins
        + "]";
  }
}
