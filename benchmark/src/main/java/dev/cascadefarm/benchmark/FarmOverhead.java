package dev.cascadefarm.benchmark;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.cascadefarm.common.json.WireJson;
import dev.cascadefarm.worker.metrics.TaskTrace;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeoutException;
import java.util.function.ToDoubleFunction;
import java.util.stream.Collectors;

/**
 * What a warm job costs through the standalone farm, over the same stages called directly in one
 * JVM; pairs interleaved, a watcher on the job's socket, previews on.
 *
 * <pre>mvn -q -pl benchmark -am package -DskipTests
 * java -cp 'benchmark/target/classes:standalone/target/lib/*' dev.cascadefarm.benchmark.FarmOverhead \
 *   catalogue scenes 30</pre>
 */
public final class FarmOverhead {
  private static final String CAPTION =
      "a large red circle above a small blue square on a black background";
  private static final int WARM_UP = 5;

  private FarmOverhead() {}

  public static void main(String[] arguments) throws Exception {
    Path catalogue = Path.of(arguments[0]);
    String cascade = arguments[1];
    int pairs = Integer.parseInt(arguments[2]);
    Queue<TaskTrace> traces = new ConcurrentLinkedQueue<>();
    try (FarmSession farm = FarmSession.start(catalogue, cascade, traces::add);
        Peer direct =
            Peer.java(DirectPeer.class, List.of(catalogue.toString(), cascade, CAPTION))) {
      double[] farmMillis = new double[pairs];
      double[] directMillis = new double[pairs];
      for (int i = -WARM_UP; i < pairs; i++) {
        double throughFarm = millis(farm, cascade, WARM_UP + i);
        double called = direct.ask(Integer.toString(WARM_UP + i));
        if (i >= 0) {
          farmMillis[i] = throughFarm;
          directMillis[i] = called;
        } else {
          traces.clear();
        }
      }
      print(new Samples(farmMillis), new Samples(directMillis), List.copyOf(traces));
    }
  }

  private static double millis(FarmSession farm, String cascade, long seed)
      throws TimeoutException {
    ObjectNode request =
        WireJson.object().put("cascade", cascade).put("prompt", CAPTION).put("seed", seed);
    long start = System.nanoTime();
    farm.render(request);
    return (System.nanoTime() - start) / 1e6;
  }

  private static void print(Samples farm, Samples direct, List<TaskTrace> traces) {
    System.out.println("farm, ms       " + farm.summary());
    System.out.println("direct, ms     " + direct.summary());
    System.out.println("farm ÷ direct  " + farm.over(direct).summary());
    Map<String, List<TaskTrace>> jobs =
        traces.stream().collect(Collectors.groupingBy(trace -> trace.id().job()));
    List<Double> handOvers = new ArrayList<>();
    for (List<TaskTrace> job : jobs.values()) {
      job.sort(Comparator.comparingLong(TaskTrace::firstRow));
      for (int i = 1; i < job.size(); i++) {
        handOvers.add((job.get(i).firstRow() - job.get(i - 1).lastRow()) / 1e6);
      }
    }
    double[] values = handOvers.stream().mapToDouble(Double::doubleValue).toArray();
    System.out.println("hand-over, ms  " + new Samples(values).summary());
    part("rows", traces, jobs.size(), trace -> trace.lastRow() - trace.firstRow());
    part("claim", traces, jobs.size(), trace -> trace.claimed() - trace.claimSent());
    part("fetch", traces, jobs.size(), trace -> trace.inputsReady() - trace.claimed());
    part("engine wait", traces, jobs.size(), trace -> trace.firstRow() - trace.inputsReady());
    part("encode", traces, jobs.size(), trace -> trace.encoded() - trace.lastRow());
    part("upload", traces, jobs.size(), trace -> trace.uploaded() - trace.encoded());
    part("commit", traces, jobs.size(), trace -> trace.committed() - trace.uploaded());
  }

  private static void part(
      String name, List<TaskTrace> traces, int jobs, ToDoubleFunction<TaskTrace> nanos) {
    double millis = traces.stream().mapToDouble(nanos).sum() / 1e6 / jobs;
    System.out.printf(Locale.ROOT, "  %-12s %8.2f ms per job%n", name, millis);
  }
}
