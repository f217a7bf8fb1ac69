package dev.cascadefarm.diffusion.runner;

import static dev.cascadefarm.diffusion.runner.TinyStages.settings;
import static org.assertj.core.api.Assertions.assertThat;

import dev.cascadefarm.diffusion.engine.EngineArrays;
import dev.cascadefarm.diffusion.engine.EngineThread;
import dev.cascadefarm.diffusion.stage.Sample;
import dev.cascadefarm.diffusion.stage.SampleRequest;
import dev.cascadefarm.diffusion.stage.StageRunner;
import dev.cascadefarm.diffusion.stage.StageValue;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Scanner;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

@Tag("engine")
@ExtendWith(EngineThread.class)
class CascadeLeakTest {
  private static final Path STATM = Path.of("/proc/self/statm");
  private static final int WARM_UP_ROWS = 60;
  private static final int ROWS = 300;

  /** 160 KiB a row: less than a model call's activations, more than malloc keeps for itself. */
  private static final long ALLOWED_GROWTH_BYTES = 48L << 20;

  @TempDir Path folder;

  @Test
  void advance_threeHundredRowsOfACascade_nothingStays() throws IOException {
    int atStart = EngineArrays.count();
    TorchStageLoader loader = new TorchStageLoader();
    try (StageRunner text = loader.load(TinyStages.text(folder.resolve("text")), "cpu");
        StageRunner base = loader.load(TinyStages.base(folder.resolve("base"), 2), "cpu");
        StageRunner large =
            loader.load(TinyStages.superResolution(folder.resolve("large")), "cpu")) {
      int loaded = EngineArrays.count();
      assertThat(loaded).isGreaterThan(atStart);
      for (int rows = 0; rows < WARM_UP_ROWS; ) {
        rows += cascade(text, base, large);
      }
      assertThat(EngineArrays.count()).isEqualTo(loaded);
      long before = nativeBytes();
      for (int rows = 0; rows < ROWS; ) {
        rows += cascade(text, base, large);
      }
      assertThat(EngineArrays.count()).isEqualTo(loaded);
      assertThat(nativeBytes() - before).isLessThan(ALLOWED_GROWTH_BYTES);
    }
    assertThat(EngineArrays.count()).isEqualTo(atStart);
  }

  /** Runs a caption through all stages; returns the rows it took. */
  private static int cascade(StageRunner text, StageRunner base, StageRunner large) {
    Map<String, StageValue> values = new HashMap<>();
    values.put("prompt", new StageValue.Text("a red circle"));
    return run(text, values) + run(base, values) + run(large, values);
  }

  private static int run(StageRunner runner, Map<String, StageValue> values) {
    Sample sample = runner.begin(new SampleRequest("leak", 3, settings(10, 2), values));
    while (!sample.done()) {
      runner.advance(List.of(sample));
    }
    values.putAll(sample.outputs());
    return sample.rowsTotal();
  }

  /** Resident bytes without the Java heap; 0 where the system does not say. */
  private static long nativeBytes() throws IOException {
    System.gc();
    if (!Files.isReadable(STATM)) {
      return 0;
    }
    try (Scanner statm = new Scanner(STATM, StandardCharsets.US_ASCII)) {
      statm.nextLong();
      long heap = ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getCommitted();
      return statm.nextLong() * 4096 - heap;
    }
  }
}
