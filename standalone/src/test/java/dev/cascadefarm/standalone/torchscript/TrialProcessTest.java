package dev.cascadefarm.standalone.torchscript;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.cascadefarm.diffusion.torchscript.TorchScriptException;
import dev.cascadefarm.diffusion.weights.SafeTensors;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What becomes of a trial in a process of its own. */
@Tag("engine")
class TrialProcessTest {
  private static final Duration LONG = Duration.ofMinutes(10);

  @TempDir Path folder;

  @Test
  void run_soundFile_itsAnswers() throws IOException {
    Path answers = trial("plain", LONG).run(folder);
    assertThat(SafeTensors.read(answers)).containsKey("guided_predict/out/0");
  }

  @Test
  void run_fileThatDoesOtherwise_itsFault() throws IOException {
    TrialProcess trial = trial("not-a-number", LONG);
    assertThatThrownBy(() -> trial.run(folder))
        .isInstanceOf(TorchScriptException.class)
        .hasMessage("forward: prediction holds NaN (expected: finite numbers)");
  }

  @Test
  void run_processThatDoesNotEnd_endedAndSaid() throws IOException {
    TrialProcess trial = trial("plain", Duration.ofMillis(1));
    assertThatThrownBy(() -> trial.run(folder))
        .isInstanceOf(TorchScriptException.class)
        .hasMessageEndingWith("still running after 0 s (expected: a program that ends)");
  }

  @Test
  void run_processThatFails_saidWithItsExitCode() throws IOException {
    TrialProcess trial = trial("plain", LONG);
    Path inAFile = folder.resolve("plain.json").resolve("scratch");
    assertThatThrownBy(() -> trial.run(inAFile))
        .isInstanceOf(TorchScriptException.class)
        .hasMessageContaining("ended the process that tried it, exit code 1");
  }

  private TrialProcess trial(String name, Duration deadline) throws IOException {
    Path description = TorchScriptFiles.describe(folder, name, TorchScriptFiles.PLAIN);
    return new TrialProcess(TorchScriptFiles.file(name), description, deadline);
  }
}
