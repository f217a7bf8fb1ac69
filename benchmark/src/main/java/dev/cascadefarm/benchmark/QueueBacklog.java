package dev.cascadefarm.benchmark;

import dev.cascadefarm.common.queue.QueueControl;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;

/**
 * What a large backlog costs: whole lives of jobs of three stages beside so many that wait, over
 * the same on an empty queue, in turns; memory of Redis for each job that waits; the longest
 * scripts. One process, one redis-server for each of the two queues.
 *
 * <pre>java -cp 'benchmark/target/classes:standalone/target/lib/*' \
 *   dev.cascadefarm.benchmark.QueueBacklog 1000000 2000 10</pre>
 */
public final class QueueBacklog {
  private static final int WARM_UP = 2;

  /** The argument that asks for an audit, too. */
  private static final String AUDIT = "audit";

  private QueueBacklog() {}

  public static void main(String[] arguments) throws Exception {
    int backlog = Integer.parseInt(arguments[0]);
    int jobs = Integer.parseInt(arguments[1]);
    int rounds = Integer.parseInt(arguments[2]);
    System.out.println(Machine.line());
    Vertx vertx = Vertx.vertx();
    try (ScratchRedis empty = ScratchRedis.start(vertx);
        ScratchRedis full = ScratchRedis.start(vertx);
        QueueCycles shallow = QueueCycles.start(vertx, empty.url(), Workload.CHAIN);
        QueueCycles deep = QueueCycles.start(vertx, full.url(), Workload.CHAIN)) {
      shallow.register();
      fill(full, deep, backlog);
      compare(new Side(empty, shallow), new Side(full, deep), jobs, rounds);
      check(shallow, 0);
      check(deep, backlog);
      ScriptTimes times = new ScriptTimes(full);
      times.chores(deep);
      if (List.of(arguments).contains(AUDIT)) {
        times.audit(deep);
      }
    } finally {
      vertx.close().await(1, TimeUnit.MINUTES);
    }
  }

  /** Nothing is waited for while the backlog is made; afterwards all is durable again. */
  private static void fill(ScratchRedis redis, QueueCycles cycles, int backlog) {
    long before = redis.info("memory").number("used_memory");
    redis.set("appendfsync", "no");
    cycles.register();
    long start = System.nanoTime();
    cycles.fill(backlog);
    double seconds = (System.nanoTime() - start) / 1e9;
    redis.set("appendfsync", "always");
    long bytes = redis.info("memory").number("used_memory") - before;
    System.out.printf(
        Locale.ROOT,
        "%d jobs wait, made in %.0f s; %.0f bytes of Redis for each%n",
        backlog,
        seconds,
        (double) bytes / backlog);
    KeyMemory.of(redis).print(backlog);
  }

  private static void compare(Side empty, Side full, int jobs, int rounds) {
    Turns.take(0, WARM_UP, () -> empty.round(jobs), () -> full.round(jobs));
    ScriptTimes emptyTimes = new ScriptTimes(empty.redis);
    ScriptTimes fullTimes = new ScriptTimes(full.redis);
    emptyTimes.begin();
    fullTimes.begin();
    Turns turns = Turns.take(0, rounds, () -> empty.round(jobs), () -> full.round(jobs));
    System.out.printf("rounds of %d jobs%n", jobs);
    System.out.println("empty, s            " + turns.here().summary());
    System.out.println("full, s             " + turns.there().summary());
    System.out.println(
        "loss, %             " + turns.there().percentBeyond(turns.here()).summary());
    System.out.println(
        "loss, CPU of redis, % " + full.cpu(rounds).percentBeyond(empty.cpu(rounds)).summary());
    emptyTimes.print("scripts of a life, empty");
    fullTimes.print("scripts of a life, full ");
  }

  private static void check(QueueCycles cycles, int waiting) {
    int done = cycles.done().cardinality();
    long ready =
        cycles.await(() -> cycles.queue().control().stages()).stream()
            .flatMap((QueueControl.StageState stage) -> stage.ready().values().stream())
            .mapToLong(Long::longValue)
            .sum();
    if (ready != waiting || done + waiting != cycles.submitted()) {
      throw new IllegalStateException(
          "done: %d, ready: %d (expected: %d in all, %d ready)"
              .formatted(done, ready, cycles.submitted(), waiting));
    }
  }

  /** One of the two queues, and the processor time its Redis took for each round. */
  private static final class Side {
    private final ScratchRedis redis;
    private final QueueCycles cycles;
    private final List<Duration> cpu = new ArrayList<>();

    Side(ScratchRedis redis, QueueCycles cycles) {
      this.redis = redis;
      this.cycles = cycles;
    }

    /** Seconds that a round takes. */
    double round(int jobs) {
      Duration before = redis.cpu();
      long start = System.nanoTime();
      cycles.run(jobs);
      double seconds = (System.nanoTime() - start) / 1e9;
      cpu.add(redis.cpu().minus(before));
      return seconds;
    }

    Samples cpu(int rounds) {
      return new Samples(
          cpu.subList(cpu.size() - rounds, cpu.size()).stream()
              .mapToDouble(ProcessTime::seconds)
              .toArray());
    }
  }
}
