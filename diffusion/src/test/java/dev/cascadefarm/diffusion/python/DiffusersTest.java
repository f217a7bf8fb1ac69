package dev.cascadefarm.diffusion.python;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.cascadefarm.diffusion.engine.EngineThread;
import dev.cascadefarm.diffusion.stage.HostTensor;
import dev.cascadefarm.testing.python.PythonFailedException;
import dev.cascadefarm.testing.python.PythonTier;
import java.io.IOException;
import java.util.HashMap;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Our U-Nets and autoencoders against diffusers', of architectures that nobody chose. */
@Tag("python")
@ExtendWith({EngineThread.class, PythonExtension.class})
class DiffusersTest {
  private static final int CASES = 15;
  private static final Tally TALLY = new Tally("diffusers", 1e-5);

  static IntStream cases() {
    return IntStream.range(0, PythonTier.cases(CASES));
  }

  @ParameterizedTest
  @MethodSource("cases")
  void apply_drawnNetwork_diffusersOutput(int index, PythonSide python) throws IOException {
    DrawnNetwork drawn = DrawnNetwork.draw(index);
    TALLY.compare(
        "network " + index + " " + drawn.config(),
        drawn.ours(),
        () -> python.diffusers(drawn.config(), drawn.weights(), drawn.inputs()),
        () ->
            python.diffusers(
                drawn.config(), Draws.without(drawn.weights(), drawn.doctored()), drawn.inputs()));
  }

  @Test
  void diffusers_anotherPath_refusedByName(PythonSide python) throws IOException {
    DrawnNetwork drawn = DrawnNetwork.draw(0);
    Map<String, HostTensor> renamed = new HashMap<>(drawn.weights());
    renamed.put("last_conv.weight", renamed.remove("conv_out.weight"));
    assertThatThrownBy(() -> python.diffusers(drawn.config(), renamed, drawn.inputs()))
        .isInstanceOf(PythonFailedException.class)
        .hasMessageContainingAll("conv_out.weight", "last_conv.weight");
  }

  @AfterAll
  static void print() {
    TALLY.print();
  }
}
