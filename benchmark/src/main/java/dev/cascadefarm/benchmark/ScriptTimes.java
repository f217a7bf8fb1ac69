package dev.cascadefarm.benchmark;

import static java.util.Map.entry;

import dev.cascadefarm.common.queue.JobRetention.Keep;
import dev.cascadefarm.common.queue.QueueControl.Target;
import dev.cascadefarm.common.queue.RedisQueue;
import dev.cascadefarm.common.queue.TenantLimits;
import io.vertx.core.Future;
import io.vertx.redis.client.Command;
import io.vertx.redis.client.Response;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.OptionalInt;
import java.util.function.Supplier;
import java.util.stream.StreamSupport;

/**
 * How long scripts hold a Redis up, by its own clock: quantiles from its statistics of commands,
 * the longest from its log of slow ones.
 */
final class ScriptTimes {
  private static final String SCRIPT = "evalsha";
  private static final String LOGGED = "100000";
  private static final int PAGE = 100;

  private final ScratchRedis redis;
  private int waiting;
  private int cancelled;

  ScriptTimes(ScratchRedis redis) {
    this.redis = redis;
  }

  /** Forgets what was. */
  void begin() {
    redis.set("slowlog-log-slower-than", "0");
    redis.set("slowlog-max-len", LOGGED);
    redis.set("latency-tracking-info-percentiles", "50 99 99.9");
    redis.ask(Command.CONFIG, "RESETSTAT");
    redis.ask(Command.SLOWLOG, "RESET");
  }

  /** Prints what was since the beginning. */
  void print(String what) {
    RedisInfo quantiles = redis.info("latencystats");
    String line = "latency_percentiles_usec_" + SCRIPT;
    System.out.printf(
        Locale.ROOT,
        "%s, ms: p50 %.2f, p99 %.2f, p99.9 %.2f, longest %.2f; %.0f scripts%n",
        what,
        quantiles.part(line, "p50") / 1e3,
        quantiles.part(line, "p99") / 1e3,
        quantiles.part(line, "p99.9") / 1e3,
        longest() / 1e3,
        redis.info("commandstats").part("cmdstat_" + SCRIPT, "calls"));
  }

  private long longest() {
    Response entries = Objects.requireNonNull(redis.ask(Command.SLOWLOG, "GET", LOGGED));
    return StreamSupport.stream(entries.spliterator(), false)
        .filter(logged -> logged.get(3).get(0).toString().equalsIgnoreCase(SCRIPT))
        .mapToLong(logged -> logged.get(2).toLong())
        .max()
        .orElse(0);
  }

  /**
   * Prints how long what is not part of a job's life takes, each kind by itself; once before, so
   * that Redis knows the scripts.
   */
  void chores(QueueCycles cycles) {
    waiting = cycles.submitted();
    for (Map.Entry<String, Supplier<Future<?>>> chore : chores(cycles.queue())) {
      cycles.await(() -> chore.getValue().get().mapEmpty());
      begin();
      cycles.await(() -> chore.getValue().get().mapEmpty());
      print("  " + chore.getKey());
    }
  }

  /** Prints the same of a whole audit, which takes minutes where much waits. */
  void audit(QueueCycles cycles) {
    begin();
    cycles.await(() -> cycles.queue().audit().audit(false));
    print("  audit");
  }

  /** Another job at each call, which waits. */
  private String lastButSome() {
    return QueueCycles.name(waiting - 1 - cancelled++);
  }

  private List<Map.Entry<String, Supplier<Future<?>>>> chores(RedisQueue queue) {
    Target stage = new Target.Stage(Workload.CHAIN.bundle(0));
    Target tenant = new Target.Tenant(QueueCycles.TENANT);
    String last = QueueCycles.name(waiting - 1);
    return List.of(
        entry("reap", () -> queue.jobs().reap()),
        entry("stages", () -> queue.control().stages()),
        entry("tenants", () -> queue.control().tenants()),
        entry("allow a tenant", () -> queue.control().allow(QueueCycles.TENANT, TenantLimits.NONE)),
        entry("pause a stage", () -> queue.control().pause(stage, "measured", "benchmark")),
        entry("resume a stage", () -> queue.control().resume(stage, "benchmark")),
        entry("pause a tenant", () -> queue.control().pause(tenant, "measured", "benchmark")),
        entry("resume a tenant", () -> queue.control().resume(tenant, "benchmark")),
        entry(
            "bound a stage",
            () ->
                queue.control().bound(Workload.CHAIN.bundle(0), OptionalInt.empty(), "benchmark")),
        entry("a page of jobs", () -> queue.jobs().jobs(QueueCycles.TENANT, "", PAGE)),
        entry("one job", () -> queue.jobs().job(QueueCycles.TENANT, last)),
        entry("events of a job", () -> queue.jobs().events(QueueCycles.TENANT, last, 0, PAGE)),
        entry("cancel", () -> queue.jobs().cancel(QueueCycles.TENANT, lastButSome())),
        entry(
            "expired jobs",
            () -> queue.retention().expired(QueueCycles.TENANT, Keep.defaults(), PAGE)),
        entry("garbage", () -> queue.retention().uncollected(Duration.ZERO, PAGE)));
  }
}
