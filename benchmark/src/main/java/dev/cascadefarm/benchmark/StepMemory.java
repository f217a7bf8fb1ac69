package dev.cascadefarm.benchmark;

import dev.cascadefarm.common.cascade.Catalogue;
import dev.cascadefarm.common.cascade.JobRequest;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;

/**
 * Resident memory of a process that renders without end; Linux only.
 *
 * <pre>java -Xmx256m -Xms256m -XX:+AlwaysPreTouch -XX:+UseSerialGC -Dai.djl.offline=true \
 *   -Dai.djl.pytorch.graph_optimizer=false -cp 'benchmark/target/classes:standalone/target/lib/*' \
 *   dev.cascadefarm.benchmark.StepMemory catalogue scenes 10000</pre>
 */
public final class StepMemory {
  private static final String CAPTION = "a small pink ring at the left on a white background";
  private static final int WARM_UP = 1300;

  private StepMemory() {}

  public static void main(String[] arguments) throws IOException {
    int steps = Integer.parseInt(arguments[2]);
    MemoryGrowth growth = new MemoryGrowth(WARM_UP, steps);
    Catalogue catalogue = Catalogue.read(Path.of(arguments[0]));
    try (DirectCascade cascade = new DirectCascade(catalogue, arguments[1])) {
      for (int job = 0; cascade.steps() < WARM_UP + steps; job++) {
        cascade.render(new JobRequest(arguments[1], CAPTION, null, 1, job, Map.of()));
        growth.reached(cascade.steps());
      }
    }
    System.out.println(growth.summary());
  }
}
