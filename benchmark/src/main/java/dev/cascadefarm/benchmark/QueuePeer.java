package dev.cascadefarm.benchmark;

import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.TimeUnit;

/**
 * Our side of {@link QueueThroughput}, a process of its own with one event loop: for each line with
 * a number, so many jobs; answers with the number of tasks done.
 */
public final class QueuePeer {
  private QueuePeer() {}

  public static void main(String[] arguments) throws Exception {
    Workload workload = Workload.of(arguments[1]);
    Vertx vertx = Vertx.vertx(new VertxOptions().setEventLoopPoolSize(1));
    try (QueueCycles cycles = QueueCycles.start(vertx, arguments[0], workload)) {
      serve(cycles, workload);
    } finally {
      vertx.close().await(1, TimeUnit.MINUTES);
    }
  }

  private static void serve(QueueCycles cycles, Workload workload) throws IOException {
    BufferedReader requests =
        new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
    System.out.println("ready");
    for (String line = requests.readLine(); line != null; line = requests.readLine()) {
      cycles.register();
      cycles.run(Integer.parseInt(line));
      System.out.println(cycles.done().cardinality() * workload.stages());
    }
  }
}
