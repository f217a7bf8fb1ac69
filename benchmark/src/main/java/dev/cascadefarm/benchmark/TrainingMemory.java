package dev.cascadefarm.benchmark;

import dev.cascadefarm.diffusion.train.Trainer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;

/**
 * Resident memory of a process that trains; Linux only.
 *
 * <pre>java -Xmx256m -Xms256m -XX:+AlwaysPreTouch -XX:+UseSerialGC -Dai.djl.offline=true \
 *   -Dai.djl.pytorch.graph_optimizer=false -cp 'benchmark/target/classes:standalone/target/lib/*' \
 *   dev.cascadefarm.benchmark.TrainingMemory catalogue scenes base 4 2000</pre>
 */
public final class TrainingMemory {
  private static final int WARM_UP = 200;

  private TrainingMemory() {}

  public static void main(String[] arguments) throws IOException {
    int batch = Integer.parseInt(arguments[3]);
    int steps = Integer.parseInt(arguments[4]);
    StageUnet unet = StageUnets.of(Path.of(arguments[0]), arguments[1], arguments[2]);
    MemoryGrowth growth = new MemoryGrowth(WARM_UP, steps);
    try (Exchange exchange = Exchange.open()) {
      new Trainer(
              new FixedBatch(unet, batch),
              TrainingStep.optimizer(WARM_UP + steps),
              TrainingStep.UNSAVED,
              exchange.folder(),
              1)
          .run(false, () -> false, (report, weights) -> hear(growth, report));
    }
    System.out.println(growth.summary());
  }

  private static void hear(MemoryGrowth growth, Trainer.Report report) {
    try {
      growth.reached(report.step());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
