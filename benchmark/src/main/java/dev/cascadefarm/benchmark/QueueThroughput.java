package dev.cascadefarm.benchmark;

import dev.cascadefarm.benchmark.QueueSystem.Cost;
import dev.cascadefarm.common.json.WireJson;
import io.vertx.core.Vertx;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import java.util.function.ToDoubleFunction;

/**
 * Whole lives of tasks (submit, claim, renew, complete with hand-over, events) for each second of
 * processor time, over those of another queue: same redis-server, every write on disk before it is
 * acknowledged, rounds in turns. Processor time is that of the clients and workers plus that of
 * Redis. Jobs of one task ({@code single}) or three in a row ({@code chain}). Linux only.
 *
 * <pre>java -cp 'benchmark/target/classes:standalone/target/lib/*' \
 *   dev.cascadefarm.benchmark.QueueThroughput chain 3000 15 \
 *   node benchmark/src/main/node/bullmq_cycles.mjs</pre>
 */
public final class QueueThroughput {
  private static final int WARM_UP = 8;
  private static final int COMMAND = 3;

  private QueueThroughput() {}

  public static void main(String[] arguments) throws Exception {
    Workload workload = Workload.of(arguments[0]);
    int jobs = Integer.parseInt(arguments[1]);
    int rounds = Integer.parseInt(arguments[2]);
    List<String> command = List.of(arguments).subList(COMMAND, arguments.length);
    System.out.println(Machine.line());
    Vertx vertx = Vertx.vertx();
    String payload = WireJson.write(Workload.spec(42));
    try (QueueSystem ours = QueueSystem.ours(vertx, workload);
        QueueSystem other = QueueSystem.other(vertx, workload, command, payload)) {
      Turns turns = Turns.take(WARM_UP, rounds, () -> ours.round(jobs), () -> other.round(jobs));
      System.out.printf("%s, %d jobs, payload %d bytes%n", workload, jobs, payload.length());
      print("here", ours, rounds);
      print("there", other, rounds);
      System.out.println("life cycles per CPU-second, here ÷ there " + turns.speedup().summary());
    } finally {
      vertx.close().await(1, TimeUnit.MINUTES);
    }
  }

  private static void print(String side, QueueSystem system, int rounds) {
    List<Cost> costs = system.last(rounds);
    System.out.println(side);
    print("clients", costs, Cost::clients);
    print("redis", costs, Cost::redis);
    print("sum", costs, Cost::sum);
  }

  private static void print(String name, List<Cost> costs, ToDoubleFunction<Cost> part) {
    double[] values = costs.stream().mapToDouble(part).toArray();
    System.out.printf(Locale.ROOT, "  %-8s µs per task %s%n", name, new Samples(values).summary());
  }
}
