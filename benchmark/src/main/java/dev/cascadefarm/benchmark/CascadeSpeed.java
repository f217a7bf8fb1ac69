package dev.cascadefarm.benchmark;

import dev.cascadefarm.common.cascade.Catalogue;
import dev.cascadefarm.common.cascade.JobRequest;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * MinImagen's own sampler, all 1000 steps of every stage, over the default rendering here, text
 * stage and pictures between the stages included: one caption through a whole cascade, same
 * weights, same guidance, same threads. The other side is given the caption already encoded.
 *
 * <p>With a number of steps the Python side takes only that many of each stage's thousand and adds
 * the others at their mean cost: an extrapolation, and printed as one. With {@code full} it takes
 * them all.
 *
 * <pre>
 * OMP_NUM_THREADS=2 OMP_WAIT_POLICY=passive GOMP_SPINCOUNT=2000 java -Dai.djl.offline=true -XX:+UseSerialGC \
 *   -Dai.djl.pytorch.graph_optimizer=false -cp 'benchmark/target/classes:standalone/target/lib/*' \
 *   dev.cascadefarm.benchmark.CascadeSpeed PYTHON catalogue scenes 10 20</pre>
 */
public final class CascadeSpeed {
  private static final String CAPTION =
      "a large red circle above a small blue square on a black background";
  private static final String TIMESTEPS = "1000";
  private static final String FULL = "full";

  private CascadeSpeed() {}

  public static void main(String[] arguments) throws IOException {
    String name = arguments[2];
    int rounds = Integer.parseInt(arguments[3]);
    String steps = arguments[4];
    Path catalogue = Path.of(arguments[1]);
    System.out.println(Machine.line());
    try (Exchange exchange = Exchange.open();
        DirectCascade cascade = new DirectCascade(Catalogue.read(catalogue), name)) {
      List<StageUnet> unets = StageUnets.of(catalogue, name);
      List<String> files = List.of(exchange.describe(unets).toString(), TIMESTEPS);
      try (Peer python = Peer.python(arguments[0], "cascade_sampling.py", files)) {
        Turns turns =
            Turns.take(
                1,
                rounds,
                () -> millis(cascade, name),
                () -> python.ask(steps.equals(FULL) ? TIMESTEPS : steps));
        print(turns, unets, steps);
      }
    }
  }

  private static double millis(DirectCascade cascade, String name) {
    long start = System.nanoTime();
    cascade.render(new JobRequest(name, CAPTION, null, 1, 1L, Map.of()));
    return (System.nanoTime() - start) / 1e6;
  }

  private static void print(Turns turns, List<StageUnet> unets, String steps) {
    System.out.printf(
        Locale.ROOT,
        "%s: here %.0f ms, MinImagen's sampler %.0f ms (%s), MinImagen ÷ here %s%n",
        unets,
        turns.here().median(),
        turns.there().median(),
        steps.equals(FULL)
            ? "all steps taken"
            : "extrapolated from " + steps + " of " + TIMESTEPS + " steps of each stage",
        turns.speedup().summary());
  }
}
