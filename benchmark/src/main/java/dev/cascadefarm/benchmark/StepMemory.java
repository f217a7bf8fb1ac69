package dev.cascadefarm.benchmark;

import dev.cascadefarm.common.cascade.Catalogue;
import dev.cascadefarm.common.cascade.JobRequest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Map;

/**
 * Resident memory of a process that renders without end; Linux only.
 *
 * <pre>java -Xmx256m -Xms256m -XX:+AlwaysPreTouch -Dai.djl.offline=true \
 *   -Dai.djl.pytorch.graph_optimizer=false -cp 'benchmark/target/classes:standalone/target/lib/*' \
 *   dev.cascadefarm.benchmark.StepMemory catalogue scenes 2000</pre>
 */
public final class StepMemory {
  private static final String CAPTION = "a small pink ring at the left on a white background";
  private static final int STEPS_PER_JOB = 33;
  private static final int WARM_UP_JOBS = 40;

  private StepMemory() {}

  public static void main(String[] arguments) throws IOException {
    int steps = Integer.parseInt(arguments[2]);
    Catalogue catalogue = Catalogue.read(Path.of(arguments[0]));
    try (DirectCascade cascade = new DirectCascade(catalogue, arguments[1])) {
      int jobs = WARM_UP_JOBS + (steps + STEPS_PER_JOB - 1) / STEPS_PER_JOB;
      long start = 0;
      for (int job = 0; job < jobs; job++) {
        cascade.render(new JobRequest(arguments[1], CAPTION, null, 1, job, Map.of()));
        if (job == WARM_UP_JOBS - 1) {
          start = residentKiB();
        }
        if (job % 10 == 9) {
          System.out.println("job " + (job + 1) + ": " + residentKiB() + " KiB");
        }
      }
      double growth = 100.0 * (residentKiB() - start) / start;
      System.out.printf(Locale.ROOT, "growth over %d steps: %.2f %%%n", steps, growth);
    }
  }

  private static long residentKiB() throws IOException {
    return Files.readAllLines(Path.of("/proc/self/status")).stream()
        .filter(line -> line.startsWith("VmRSS:"))
        .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")))
        .findFirst()
        .orElseThrow();
  }
}
