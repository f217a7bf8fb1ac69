package dev.cascadefarm.e2e.chaos;

import dev.cascadefarm.testing.fault.Call;
import dev.cascadefarm.testing.fault.Dose;
import dev.cascadefarm.testing.fault.FaultProxy;
import dev.cascadefarm.testing.fault.Mishap;
import dev.cascadefarm.testing.fault.Rule;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.Map;

/**
 * The proxies through which one worker reaches Redis and the store. At a named point they hold it:
 * the request that marks the point is the last to pass, or does not pass any more, and the worker
 * waits for its answer until it is killed. Used by one thread.
 */
final class Ambush implements AutoCloseable {
  private static final String SCRIPTS = "/dev/cascadefarm/common/queue/";
  private static final String CLAIM = "claim";
  private static final String COMPLETE = "complete";

  private final FaultProxy redis;
  private final FaultProxy store;
  private long before;

  private Ambush(FaultProxy redis, FaultProxy store) {
    this.redis = redis;
    this.store = store;
  }

  static Ambush between(String redisUrl, String storeUrl, long seed) {
    Map<String, String> scripts = Map.of(sha1(CLAIM), CLAIM, sha1(COMPLETE), COMPLETE);
    return new Ambush(FaultProxy.redis(redisUrl, scripts, seed), FaultProxy.http(storeUrl, seed));
  }

  String redisUrl() {
    return redis.url();
  }

  String storeUrl() {
    return store.url();
  }

  /** Waits at a point for the worker to come by. */
  void lay(Kind point) {
    before = struck();
    switch (point) {
      case CLAIMED -> redis.rules(Rule.on(CLAIM, Dose.first(1), new Mishap.Silence(true)));
      case RENDERED ->
          store.rules(new Rule(Ambush::output, Dose.first(1), new Mishap.Silence(false)));
      case UPLOADING -> store.rules(new Rule(Ambush::output, Dose.first(1), new Mishap.Stuck()));
      case STORED -> redis.rules(Rule.on(COMPLETE, Dose.first(1), new Mishap.Silence(false)));
      case COMPLETED -> redis.rules(Rule.on(COMPLETE, Dose.first(1), new Mishap.Silence(true)));
      default -> throw new IllegalArgumentException(point + " (expected: a named point)");
    }
  }

  /** Whether the worker has come to the point and waits there. */
  boolean sprung() {
    return struck() > before;
  }

  /** Lets everybody pass; ends what is still open. */
  void lift() {
    redis.calm();
    store.calm();
    redis.reset();
    store.reset();
  }

  private long struck() {
    return redis.struck() + store.struck();
  }

  /** The upload of an output; not of a checkpoint, nor of the manifest that follows. */
  private static boolean output(Call call) {
    String path = call.subject();
    return call.name().equals("PUT")
        && path.contains("/jobs/")
        && !path.contains("/checkpoint-")
        && !path.contains("/manifest.json");
  }

  /* As the queue joins its scripts: the shared part behind the first line. */
  private static String sha1(String script) {
    String own = text(script);
    int body = own.indexOf('\n') + 1;
    String whole = own.substring(0, body) + text("prelude") + own.substring(body);
    try {
      byte[] digest =
          MessageDigest.getInstance("SHA-1").digest(whole.getBytes(StandardCharsets.UTF_8));
      return HexFormat.of().formatHex(digest);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("SHA-1 is part of every JDK", e);
    }
  }

  private static String text(String script) {
    try (InputStream in = Ambush.class.getResourceAsStream(SCRIPTS + script + ".lua")) {
      if (in == null) {
        throw new IllegalStateException(script + ".lua: missing (expected: in " + SCRIPTS + ")");
      }
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new IllegalStateException(script + ".lua: " + e, e);
    }
  }

  @Override
  public void close() {
    redis.close();
    store.close();
  }
}
