package dev.cascadefarm.diffusion.python;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.cascadefarm.diffusion.engine.EngineThread;
import dev.cascadefarm.diffusion.engine.TorchModule;
import dev.cascadefarm.diffusion.engine.TorchModule.Mode;
import dev.cascadefarm.diffusion.stage.HostTensor;
import dev.cascadefarm.testing.python.PythonFailedException;
import dev.cascadefarm.testing.python.PythonTier;
import java.io.IOException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Our CLIPs against those of transformers, of architectures and weights that nobody chose. */
@Tag("python")
@ExtendWith({EngineThread.class, PythonExtension.class})
class TransformersTest {
  private static final int CASES = 8;
  private static final Tally TALLY = new Tally("transformers", 1e-5);

  @TempDir Path folder;

  static IntStream cases() {
    return IntStream.range(0, PythonTier.cases(CASES));
  }

  @ParameterizedTest
  @MethodSource("cases")
  void embeds_drawnTextModel_transformersOutput(int index, PythonSide python) throws IOException {
    compare(index, DrawnClip.text(index, folder), python);
  }

  @ParameterizedTest
  @MethodSource("cases")
  void pooled_drawnVisionModel_transformersOutput(int index, PythonSide python) throws IOException {
    compare(index, DrawnClip.vision(index, folder), python);
  }

  @Test
  void transformers_anotherPath_refusedByName(PythonSide python) throws IOException {
    DrawnClip drawn = DrawnClip.text(0, folder);
    Map<String, HostTensor> renamed = new HashMap<>(drawn.weights());
    renamed.put("text_model.last_norm.bias", renamed.remove("text_model.final_layer_norm.bias"));
    assertThatThrownBy(() -> python.transformers(drawn.config(), renamed, drawn.call()))
        .isInstanceOf(PythonFailedException.class)
        .hasMessageContainingAll("final_layer_norm.bias", "last_norm.bias");
  }

  @AfterAll
  static void print() {
    TALLY.print();
  }

  private static void compare(int index, DrawnClip drawn, PythonSide python) throws IOException {
    TALLY.compare(
        "clip " + index + " " + drawn.config(),
        ours(drawn),
        () -> python.transformers(drawn.config(), drawn.weights(), drawn.call()),
        () ->
            python.transformers(
                drawn.config(), Draws.without(drawn.weights(), drawn.doctored()), drawn.call()));
  }

  private static List<HostTensor> ours(DrawnClip drawn) {
    try (TorchModule module =
        TorchModule.load(drawn.graph(), drawn.weights(), "cpu", Mode.FROZEN)) {
      return module.call(drawn.call().method(), drawn.call().ordered());
    }
  }
}
