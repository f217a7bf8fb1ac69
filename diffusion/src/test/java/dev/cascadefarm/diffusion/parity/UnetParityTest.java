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
import dev.cascadefarm.diffusion.weights.Initialization;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Our U-Net against MinImagen's, with MinImagen's weights. */
@Tag("engine")
@ExtendWith(EngineThread.class)
class UnetParityTest {
  private static final double TOLERANCE = 3e-5;
  private static final List<String> INPUTS =
      List.of("x", "time", "embeds", "mask", "keep", "lowres", "lowres_time");

  /** The second column is a tensor whose loss must be noticed. */
  @ParameterizedTest
  @CsvSource({
    "plain, mid_block1.cross_attn.fn.null_kv",
    "efficient-sr, to_lowres_time_tokens.0.bias",
    "middle, mid_attn.fn.fn.to_kv.weight",
    "attention, ups.1.2.ff.3.g",
    "mixed, downs.2.4.fns.1.weight"
  })
  void apply_minImagensWeights_minImagensOutput(String name, String doctored) {
    UnetConfig config = Fixture.config("unet-" + name);
    Graph graph = UnetGraphs.forward(config);
    Map<String, HostTensor> weights = Fixture.tensors("unet-" + name);
    Initialization.requireFit(graph, weights, name);
    assertThat(difference(name, graph, weights)).isLessThan(TOLERANCE);

    Map<String, HostTensor> broken = new LinkedHashMap<>(weights);
    HostTensor lost = weights.get(doctored);
    broken.put(doctored, new HostTensor(lost.shape(), new float[lost.data().length]));
    assertThat(difference(name, graph, broken)).isGreaterThan(10 * TOLERANCE);
  }

  private static double difference(String name, Graph graph, Map<String, HostTensor> weights) {
    Map<String, HostTensor> io = Fixture.tensors("unet-" + name + "-io");
    List<Input> inputs = new ArrayList<>();
    INPUTS.stream()
        .filter(io::containsKey)
        .forEach(each -> inputs.add(new Input.Floats(io.get(each))));
    try (TorchModule module = TorchModule.load(graph, weights, "cpu", Mode.FROZEN)) {
      HostTensor out = module.call(UnetGraphs.FORWARD, inputs).get(0);
      assertThat(out.shape()).isEqualTo(io.get("out").shape());
      return Fixture.difference(out.data(), io.get("out").data());
    }
  }
}
