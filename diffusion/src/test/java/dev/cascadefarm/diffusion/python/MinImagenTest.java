package dev.cascadefarm.diffusion.python;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.cascadefarm.diffusion.engine.EngineThread;
import dev.cascadefarm.diffusion.engine.TorchModule;
import dev.cascadefarm.diffusion.engine.TorchModule.Mode;
import dev.cascadefarm.diffusion.stage.HostTensor;
import dev.cascadefarm.testing.python.PythonFailedException;
import dev.cascadefarm.testing.python.PythonTier;
import java.io.IOException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Our U-Net against MinImagen's, of architectures and weights that nobody chose. */
@Tag("python")
@ExtendWith({EngineThread.class, PythonExtension.class})
class MinImagenTest {
  private static final int CASES = 12;
  private static final Tally TALLY = new Tally("minimagen", 1e-4);

  static IntStream cases() {
    return IntStream.range(0, PythonTier.cases(CASES));
  }

  @ParameterizedTest
  @MethodSource("cases")
  void apply_drawnUnet_minImagensOutput(int index, PythonSide python) throws IOException {
    DrawnUnet drawn = DrawnUnet.draw(index);
    TALLY.compare(
        "unet " + index + " " + drawn.config(),
        ours(drawn),
        () -> theirs(drawn, drawn.weights(), python),
        () -> theirs(drawn, Draws.without(drawn.weights(), drawn.doctored()), python));
  }

  @Test
  void minImagen_anotherPath_refusedByName(PythonSide python) throws IOException {
    DrawnUnet drawn = DrawnUnet.draw(1);
    Map<String, HostTensor> renamed = new HashMap<>(drawn.weights());
    renamed.put("last_conv.weight", renamed.remove("final_conv.weight"));
    assertThatThrownBy(() -> theirs(drawn, renamed, python))
        .isInstanceOf(PythonFailedException.class)
        .hasMessageContainingAll("final_conv.weight", "last_conv.weight");
  }

  @AfterAll
  static void print() {
    TALLY.print();
  }

  private static List<HostTensor> ours(DrawnUnet drawn) {
    try (TorchModule module =
        TorchModule.load(drawn.graph(), drawn.weights(), "cpu", Mode.FROZEN)) {
      return module.call(UnetProgram.FORWARD, UnetProgram.call(drawn.inputs()).ordered());
    }
  }

  private static List<HostTensor> theirs(
      DrawnUnet drawn, Map<String, HostTensor> weights, PythonSide python) throws IOException {
    return List.of(python.minImagen(drawn.config(), weights, drawn.inputs()));
  }
}
