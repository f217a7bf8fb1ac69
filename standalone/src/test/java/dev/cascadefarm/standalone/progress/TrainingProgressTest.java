package dev.cascadefarm.standalone.progress;

import static org.assertj.core.api.Assertions.assertThat;

import dev.cascadefarm.standalone.progress.TrainingProgress.Step;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class TrainingProgressTest {
  private final List<String> shown = new ArrayList<>();

  @Test
  void show_stepsAfterAResumption_rateOfThisSessionAndLastValidation() {
    try (TrainingProgress progress = new TrainingProgress(new Remembering(), "base")) {
      progress.show(new Step(101, 200, 0.5, 32, 1000));
      progress.show(new Step(103, 200, 0.25, 32, 1004));
      progress.judge(0.3);
      progress.show(new Step(105, 200, 0.125, 32, 1008));
    }
    assertThat(shown)
        .containsExactly(
            "base 101/200 loss 0.5000",
            "base 103/200 loss 0.2500, 16.0 images/s",
            "base 105/200 loss 0.1250, validation 0.3000, 16.0 images/s",
            "closed");
  }

  private final class Remembering implements ProgressDisplay {
    @Override
    public void show(String stage, long done, long total, String remark) {
      shown.add(stage + " " + done + "/" + total + " " + remark);
    }

    @Override
    public void note(String line) {
      shown.add(line);
    }

    @Override
    public void close() {
      shown.add("closed");
    }
  }
}
