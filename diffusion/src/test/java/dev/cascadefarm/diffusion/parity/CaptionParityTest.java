package dev.cascadefarm.diffusion.parity;

import static org.assertj.core.api.Assertions.assertThat;

import dev.cascadefarm.diffusion.engine.EngineThread;
import dev.cascadefarm.diffusion.engine.TorchModule;
import dev.cascadefarm.diffusion.engine.TorchModule.Input;
import dev.cascadefarm.diffusion.engine.TorchModule.Mode;
import dev.cascadefarm.diffusion.graph.Graph;
import dev.cascadefarm.diffusion.imagen.UnetConfig;
import dev.cascadefarm.diffusion.imagen.UnetGraphs;
import dev.cascadefarm.diffusion.stage.HostTensor;
import dev.cascadefarm.diffusion.text.CaptionLength;
import dev.cascadefarm.diffusion.weights.Initialization;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** MinImagen's presets for tests, with captions of any length, heard and dropped. */
@Tag("engine")
@ExtendWith(EngineThread.class)
class CaptionParityTest {
  private static final double TOLERANCE = 3e-5;
  private static final int[] LENGTHS = {5, 256, 300};

  @ParameterizedTest
  @ValueSource(strings = {"base-test", "super-test"})
  void apply_captionOfAnyLength_minImagensOutput(String name) {
    Map<String, HostTensor> io = Fixture.tensors("unet-" + name + "-io");
    UnetConfig config = Fixture.config("unet-" + name);
    Graph graph = UnetGraphs.forward(config);
    Map<String, HostTensor> weights = Fixture.tensors("unet-" + name);
    Initialization.requireFit(graph, weights, name);
    try (TorchModule module = TorchModule.load(graph, weights, "cpu", Mode.FROZEN)) {
      for (int length : LENGTHS) {
        for (int drop = 0; drop <= 1; drop++) {
          assertThat(difference(module, config, io, length, drop)).isLessThan(TOLERANCE);
          String out = length + ".out." + drop;
          Map<String, HostTensor> doctored = Fixture.doctored(io, out, 10 * TOLERANCE);
          assertThat(difference(module, config, doctored, length, drop)).isGreaterThan(TOLERANCE);
        }
      }
      Map<String, HostTensor> doctored = Fixture.doctored(io, "5.embeds", 1);
      assertThat(difference(module, config, doctored, 5, 0)).isGreaterThan(TOLERANCE);
    }
  }

  private static double difference(
      TorchModule module, UnetConfig config, Map<String, HostTensor> io, int length, int drop) {
    HostTensor embeds = CaptionLength.fit(io.get(length + ".embeds"), config.maxTextLen());
    HostTensor mask = CaptionLength.fit(io.get(length + ".mask"), config.maxTextLen());
    float[] keep = new float[(int) embeds.shape()[0]];
    Arrays.fill(keep, 1 - drop);
    List<Input> inputs = new ArrayList<>();
    List<HostTensor> tensors = new ArrayList<>();
    tensors.addAll(List.of(io.get("x"), io.get("time"), embeds, mask));
    tensors.add(HostTensor.of(keep, keep.length));
    if (config.lowresCond()) {
      tensors.addAll(List.of(io.get("lowres"), io.get("lowres_time")));
    }
    tensors.forEach(each -> inputs.add(new Input.Floats(each)));
    HostTensor out = module.call(UnetGraphs.FORWARD, inputs).get(0);
    return Fixture.difference(out.data(), io.get(length + ".out." + drop).data());
  }
}
