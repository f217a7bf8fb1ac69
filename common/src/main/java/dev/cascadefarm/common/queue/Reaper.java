package dev.cascadefarm.common.queue;

import io.vertx.core.Future;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * Takes back lost leases and finishes interrupted removals, a bounded number per pass. One pass at
 * a time; a pass asked for during another does nothing. Thread-safe.
 */
final class Reaper {
  private static final int TASKS_PER_PASS = 100;
  private static final int SWEEP_PLACES = 200;
  private static final long SILENCE_MS = 2_000;
  private static final long STALL_WINDOW_MS = 72L * 3_600_000;
  private static final JobQueue.ReapResult NOTHING = new JobQueue.ReapResult(0, 0);

  private final RedisGateway gateway;
  private final ReapGuard guard;
  private final long madeNanos;
  private final AtomicBoolean busy = new AtomicBoolean();

  Reaper(RedisGateway gateway, ReapGuard guard) {
    this.gateway = gateway;
    this.guard = guard;
    this.madeNanos = gateway.lastFaultNanos();
  }

  Future<JobQueue.ReapResult> reap() {
    if (!busy.compareAndSet(false, true)) {
      return Future.succeededFuture(NOTHING);
    }
    // Writes first: while Redis refuses that, workers cannot renew, which the guard has to know.
    return gateway
        .run(Script.READY, List.of())
        .compose(ready -> RedisSettings.runId(gateway))
        .compose(runId -> gateway.run(Script.CLOCK, List.of()).compose(now -> pass(runId, now)))
        .onComplete(done -> busy.set(false));
  }

  private Future<JobQueue.ReapResult> pass(String runId, ScriptReply clock) {
    Future<Void> swept = clock.at(1).toInteger() > 0 ? sweep() : Future.succeededFuture();
    boolean allowed =
        guard.allows(System.nanoTime(), clock.at(0).toLong(), gateway.lastFaultNanos(), runId);
    return allowed
        ? swept.compose(v -> bundles(ScriptReply.strings(clock.at(2)), clock.text(0)))
        : swept.map(v -> NOTHING);
  }

  private Future<Void> sweep() {
    return gateway
        .run(Script.SWEEP, List.of(Integer.toString(SWEEP_PLACES), idempotencyTailMs()))
        .mapEmpty();
  }

  private Future<JobQueue.ReapResult> bundles(List<String> bundles, String decidedMs) {
    Future<Tally> tally = Future.succeededFuture(new Tally(TASKS_PER_PASS, NOTHING));
    for (String bundle : bundles) {
      tally =
          tally.compose(
              so ->
                  so.left() == 0
                      ? Future.succeededFuture(so)
                      : bundle(bundle, decidedMs, so.left()).map(so::plus));
    }
    return tally.map(Tally::result);
  }

  /** A pass that was held up may find leases that nobody could renew: it does nothing then. */
  private Future<ScriptReply> bundle(String bundle, String decidedMs, int most) {
    QueueConfig.Leases leases = gateway.config().leases();
    List<String> arguments =
        withStallRules(bundle, Integer.toString(most), Long.toString(leases.kill().toMillis()));
    arguments.add(decidedMs);
    arguments.add(Long.toString(leases.length().dividedBy(3).toMillis()));
    return gateway.run(Script.REAP, arguments);
  }

  /** Takes back the leases of a worker whose heartbeat is silent; false if it is not. */
  Future<Boolean> releaseIfSilent(String worker) {
    long faultNanos = gateway.lastFaultNanos();
    boolean faultless = faultNanos == madeNanos;
    if (!faultless && !guard.believesSilence(System.nanoTime(), faultNanos)) {
      return Future.succeededFuture(false);
    }
    return gateway
        .run(
            Script.SILENT,
            withStallRules(worker, Long.toString(SILENCE_MS), Integer.toString(TASKS_PER_PASS)))
        .compose(
            reply -> {
              boolean silent = reply.code().equals("OK");
              return silent && reply.at(0).toInteger() > 0
                  ? releaseIfSilent(worker)
                  : Future.succeededFuture(silent);
            });
  }

  private List<String> withStallRules(String... arguments) {
    QueueConfig.Retries retries = gateway.config().retries();
    List<String> all = new ArrayList<>(List.of(arguments));
    all.add(Integer.toString(retries.maxStalls()));
    all.add(Integer.toString(retries.maxLost()));
    all.add(Long.toString(STALL_WINDOW_MS));
    all.add(idempotencyTailMs());
    return all;
  }

  private String idempotencyTailMs() {
    return Long.toString(gateway.config().limits().idempotencyTail().toMillis());
  }

  /** What a pass has done so far, and how many tasks it may still take. */
  private record Tally(int left, JobQueue.ReapResult result) {
    Tally plus(ScriptReply reply) {
      return new Tally(
          Math.max(0, left - reply.at(2).toInteger()),
          new JobQueue.ReapResult(
              result.readied() + reply.at(0).toInteger(), result.dead() + reply.at(1).toInteger()));
    }
  }
}
