package dev.cascadefarm.benchmark;

import dev.cascadefarm.diffusion.stage.HostTensor;
import dev.cascadefarm.diffusion.train.OptimizerConfig;
import dev.cascadefarm.diffusion.train.Trainer;
import dev.cascadefarm.diffusion.train.TrainingPlan;
import dev.cascadefarm.diffusion.weights.Initialization;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * One training step of MinImagen's U-Net in PyTorch eager over the same step of {@link Trainer}:
 * forward, backward, clipping, AdamW, moving average. Same weights, same batch, same threads, in
 * turns of a few steps; after as many steps both sides must have come to the same loss. Needs the
 * Python of the tests' Python tier.
 *
 * <pre>
 * OMP_NUM_THREADS=2 OMP_WAIT_POLICY=passive GOMP_SPINCOUNT=2000 java -Dai.djl.offline=true -XX:+UseSerialGC \
 *   -Dai.djl.pytorch.graph_optimizer=false -cp 'benchmark/target/classes:standalone/target/lib/*' \
 *   dev.cascadefarm.benchmark.TrainingStep PYTHON catalogue scenes base 32 20</pre>
 */
public final class TrainingStep {
  /** Steps of one side before the other has its turn. */
  /** No checkpoint on the way. */
  static final TrainingPlan UNSAVED = new TrainingPlan(1, 0, 0, Duration.ofDays(1));

  private static final int STEPS = 2;

  private static final int WARM_UP = 3;
  private static final long SEED = 1;
  private static final double TOLERANCE = 0.02;

  private TrainingStep() {}

  public static void main(String[] arguments) throws IOException {
    int batch = Integer.parseInt(arguments[4]);
    int rounds = Integer.parseInt(arguments[5]);
    System.out.println(Machine.line());
    StageUnet unet = StageUnets.of(Path.of(arguments[1]), arguments[2], arguments[3]);
    FixedBatch task = new FixedBatch(unet, batch);
    try (Exchange exchange = Exchange.open()) {
      Map<String, HostTensor> weights = Initialization.random(task.graph(), SEED);
      List<String> files =
          List.of(
              exchange.describe(List.of(unet)).toString(),
              exchange.put("weights", weights).toString(),
              exchange.put("batch", task.tensors()).toString());
      try (Peer python = Peer.python(arguments[0], "training_step.py", files)) {
        Rounds taken = train(task, python, rounds, exchange.folder());
        print(unet, batch, taken, python.ask("loss"));
      }
    }
  }

  /** Rounds of both sides, milliseconds of a step in each; and where ours has come to. */
  private static final class Rounds {
    private final List<Double> here = new ArrayList<>();
    private final List<Double> there = new ArrayList<>();
    private double seconds;
    private float loss;
  }

  private static Rounds train(FixedBatch task, Peer python, int rounds, Path folder) {
    int steps = STEPS * (WARM_UP + rounds);
    Rounds taken = new Rounds();
    new Trainer(task, optimizer(steps), UNSAVED, folder, SEED)
        .run(false, () -> false, (report, weights) -> hear(report, taken, python));
    return taken;
  }

  private static void hear(Trainer.Report report, Rounds taken, Peer python) {
    taken.loss = report.loss();
    if (report.step() % STEPS == 0) {
      taken.here.add((report.seconds() - taken.seconds) * 1e3 / STEPS);
      taken.there.add(python.ask(Integer.toString(STEPS)));
      taken.seconds = report.seconds();
    }
  }

  /** As the recipes have it, at a constant rate; the Python side has the same numbers. */
  static OptimizerConfig optimizer(int steps) {
    return new OptimizerConfig(1e-4, 0, steps, 1, 0.9, 0.99, 0.01, 1, 0.998);
  }

  private static void print(StageUnet unet, int batch, Rounds taken, double loss) {
    Samples here = counted(taken.here);
    Samples there = counted(taken.there);
    System.out.printf(
        Locale.ROOT,
        "%s B %d: here %.1f ms, PyTorch eager %.1f ms, PyTorch ÷ here %s; loss %.5f and %.5f%n",
        unet,
        batch,
        here.median(),
        there.median(),
        there.over(here).summary(),
        taken.loss,
        loss);
    if (!(Math.abs(taken.loss - loss) <= TOLERANCE * loss)) {
      throw new IllegalStateException(
          "loss: %s here, %s there (expected: the same)".formatted(taken.loss, loss));
    }
  }

  private static Samples counted(List<Double> rounds) {
    return new Samples(rounds.stream().skip(WARM_UP).mapToDouble(Double::doubleValue).toArray());
  }
}
