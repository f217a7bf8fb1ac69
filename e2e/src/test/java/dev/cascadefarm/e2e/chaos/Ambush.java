package dev.cascadefarm.e2e.chaos;

import dev.cascadefarm.common.queue.RedisQueue;
import dev.cascadefarm.testing.fault.Call;
import dev.cascadefarm.testing.fault.Dose;
import dev.cascadefarm.testing.fault.FaultProxy;
import dev.cascadefarm.testing.fault.Mishap;
import dev.cascadefarm.testing.fault.Rule;

/**
 * The proxies through which one worker reaches Redis and the store. At a named point they hold it:
 * the request that marks the point is the last to pass, or does not pass any more, and the worker
 * waits for its answer until it is killed. Used by one thread.
 */
final class Ambush implements AutoCloseable {
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
    return new Ambush(
        FaultProxy.redis(redisUrl, RedisQueue.workerScripts(), seed),
        FaultProxy.http(storeUrl, seed));
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

  @Override
  public void close() {
    redis.close();
    store.close();
  }
}
