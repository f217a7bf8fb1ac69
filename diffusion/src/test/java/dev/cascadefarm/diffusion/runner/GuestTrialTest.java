package dev.cascadefarm.diffusion.runner;

import static dev.cascadefarm.diffusion.runner.Guests.PLAIN;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.cascadefarm.diffusion.engine.EngineThread;
import dev.cascadefarm.diffusion.parity.Fixture;
import dev.cascadefarm.diffusion.sampler.Objective;
import dev.cascadefarm.diffusion.stage.HostTensor;
import dev.cascadefarm.diffusion.torchscript.TorchScriptException;
import dev.cascadefarm.diffusion.weights.ElementType;
import dev.cascadefarm.diffusion.weights.SafeTensors;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Files that do other than described are found out before anything is written. */
@Tag("engine")
@ExtendWith(EngineThread.class)
class GuestTrialTest {
  @TempDir Path folder;

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          wrong-shape | forward: prediction of 1: [1, 2, 8, 8] (expected: [1, 3, 8, 8], as described)
          not-a-number | forward: prediction holds NaN (expected: finite numbers)
          unsteady | forward: prediction of two equal calls: differ by
          sociable | forward: prediction alone and beside another sample: differ by
          oneatatime | AssertionError: only one picture at a time
          """)
  void tryOut_fileThatDoesOtherwise_refused(String name, String message) {
    GuestBundle bundle = new Guests(folder).drawing(name, PLAIN, Objective.NOISE);
    assertRefused(bundle, Optional.empty(), message);
  }

  @Test
  void tryOut_describedOtherwise_whatTheProgramSaysInOneLine() {
    String wide =
        PLAIN
            .replace("3, 8, 8", "6, 8, 8")
            .replace("{\"inputs\"", "{\"draws\": \"latents\", \"inputs\"");
    GuestBundle bundle = new Guests(folder).drawing("plain", wide, Objective.NOISE);
    assertThatThrownBy(() -> bundle.tryOut(Optional.empty(), folder.resolve("answers")))
        .isInstanceOf(TorchScriptException.class)
        .hasMessageContaining("forward: RuntimeError: ")
        .hasMessageContaining("(expected: it takes x float32 [B, 6, 8, 8], timestep int64 [B])")
        .message()
        .hasLineCount(1);
  }

  @Test
  void tryOut_recordedCall_mustBeAnsweredTheSame() {
    Guests guests = new Guests(folder);
    GuestBundle bundle = guests.drawing("plain", PLAIN, Objective.NOISE);
    Map<String, HostTensor> call = Fixture.tensors("torchscript/plain-call");
    bundle.tryOut(record(call), folder.resolve("answers"));
    assertThat(SafeTensors.read(folder.resolve("answers")))
        .containsKeys("predict/in/0", "predict/out/0", "guided_predict/out/0");
    assertRefused(
        bundle,
        record(Fixture.doctored(call, "prediction", 0.5)),
        "call.safetensors: prediction: differs by 0.500 (expected: at most");
    Map<String, HostTensor> less = new HashMap<>(call);
    less.remove("timestep");
    assertRefused(bundle, record(less), "timestep: missing (expected: [2])");
    less.put("y", HostTensor.of(new float[1], 1));
    assertRefused(bundle, record(less), "y: unknown (expected: one of [prediction, timestep, x])");
  }

  private Optional<Path> record(Map<String, HostTensor> call) {
    Path file = folder.resolve("call.safetensors");
    SafeTensors.write(file, call, ElementType.F32);
    return Optional.of(file);
  }

  private void assertRefused(GuestBundle bundle, Optional<Path> recorded, String message) {
    assertThatThrownBy(() -> bundle.tryOut(recorded, folder.resolve("answers")))
        .isInstanceOf(TorchScriptException.class)
        .hasMessageContaining(message)
        .message()
        .hasLineCount(1);
  }
}
