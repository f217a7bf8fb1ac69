package dev.cascadefarm.diffusion.vae;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.cascadefarm.diffusion.engine.EngineThread;
import dev.cascadefarm.diffusion.engine.TorchModule;
import dev.cascadefarm.diffusion.engine.TorchModule.Input;
import dev.cascadefarm.diffusion.engine.TorchModule.Mode;
import dev.cascadefarm.diffusion.graph.Graph;
import dev.cascadefarm.diffusion.parity.Fixture;
import dev.cascadefarm.diffusion.stage.HostTensor;
import dev.cascadefarm.diffusion.stage.StoredTensor;
import dev.cascadefarm.diffusion.weights.Initialization;
import java.io.IOException;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Our autoencoder against diffusers'. */
@Tag("engine")
@ExtendWith(EngineThread.class)
class AutoencoderParityTest {
  private static final double TOLERANCE = 1e-5;
  private static final int CASES = 3;

  @ParameterizedTest
  @ValueSource(strings = {"vae-plain", "vae-odd"})
  void apply_diffusersWeights_diffusersOutput(String name) {
    AutoencoderConfig config = config(name);
    Map<String, HostTensor> weights = Fixture.tensors(name);
    assertThat(encoding(name, config, weights)).isLessThan(TOLERANCE);
    assertThat(decoding(name, config, weights)).isLessThan(TOLERANCE);
  }

  /** The other column is a tensor whose loss must be noticed. */
  @ParameterizedTest
  @CsvSource({
    "vae-plain, encoder.mid_block.attentions.0.group_norm.bias",
    "vae-plain, quant_conv.bias",
    "vae-odd, encoder.down_blocks.1.downsamplers.0.conv.weight",
    "vae-odd, encoder.down_blocks.2.resnets.1.norm2.bias"
  })
  void encode_tensorLost_noticed(String name, String lost) {
    assertThat(encoding(name, config(name), without(lost, name))).isGreaterThan(10 * TOLERANCE);
  }

  @ParameterizedTest
  @CsvSource({
    "vae-plain, decoder.mid_block.attentions.0.to_v.weight",
    "vae-plain, post_quant_conv.bias",
    "vae-odd, decoder.up_blocks.0.upsamplers.0.conv.bias",
    "vae-odd, decoder.up_blocks.2.resnets.0.conv_shortcut.weight"
  })
  void decode_tensorLost_noticed(String name, String lost) {
    assertThat(decoding(name, config(name), without(lost, name))).isGreaterThan(10 * TOLERANCE);
  }

  /** As checkpoints had it until 2023, in both shapes that are about. */
  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void apply_namesOfOlderCheckpoints_sameOutput(boolean convolutions) {
    Map<String, HostTensor> older = new LinkedHashMap<>();
    Fixture.tensors("vae-plain").forEach((name, tensor) -> older.put(older(name), tensor));
    if (convolutions) {
      older.replaceAll(
          (name, tensor) -> name.contains("attentions") ? convolution(tensor) : tensor);
    }
    assertThat(older).containsKey("decoder.mid_block.attentions.0.proj_attn.bias");
    assertThat(encoding("vae-plain", config("vae-plain"), older)).isLessThan(TOLERANCE);
    assertThat(decoding("vae-plain", config("vae-plain"), older)).isLessThan(TOLERANCE);
  }

  private static String older(String name) {
    return name.replace(".to_q.", ".query.")
        .replace(".to_k.", ".key.")
        .replace(".to_v.", ".value.")
        .replace(".to_out.0.", ".proj_attn.");
  }

  private static HostTensor convolution(HostTensor tensor) {
    long[] shape = tensor.shape();
    return shape.length == 2 ? HostTensor.of(tensor.data(), shape[0], shape[1], 1, 1) : tensor;
  }

  @ParameterizedTest
  @CsvSource({"vae-plain, norm_num_groups, 2", "vae-odd, norm_num_groups, 1"})
  void apply_doctoredArchitecture_anotherOutput(String name, String key, int value)
      throws IOException {
    ObjectNode file = (ObjectNode) new ObjectMapper().readTree(Fixture.bytes(name + ".json"));
    byte[] doctored = new ObjectMapper().writeValueAsBytes(file.put(key, value));
    AutoencoderConfig config = AutoencoderConfig.parse(doctored, name);
    Map<String, HostTensor> weights = Fixture.tensors(name);
    assertThat(encoding(name, config, weights)).isGreaterThan(10 * TOLERANCE);
    assertThat(decoding(name, config, weights)).isGreaterThan(10 * TOLERANCE);
  }

  private static double encoding(
      String name, AutoencoderConfig config, Map<String, HostTensor> weights) {
    Graph graph = new Autoencoder(config).encoderGraph();
    Map<String, StoredTensor> half = AutoencoderWeights.encoder(weights);
    return difference(name, graph, half, List.of(Autoencoder.ENCODE, "x", "moments"));
  }

  private static double decoding(
      String name, AutoencoderConfig config, Map<String, HostTensor> weights) {
    Graph graph = new Autoencoder(config).decoderGraph();
    Map<String, StoredTensor> half = AutoencoderWeights.decoder(weights);
    return difference(name, graph, half, List.of(Autoencoder.DECODE, "z", "decoded"));
  }

  /** The largest over all cases; {@code names} are those of method, input and output. */
  private static double difference(
      String name, Graph graph, Map<String, StoredTensor> weights, List<String> names) {
    Initialization.requireFit(graph, weights, name);
    Map<String, HostTensor> io = Fixture.tensors(name + "-io");
    double largest = 0;
    try (TorchModule module = TorchModule.load(graph, weights, "cpu", Mode.FROZEN)) {
      for (int i = 0; i < CASES; i++) {
        HostTensor in = io.get(i + "." + names.get(1));
        HostTensor expected = io.get(i + "." + names.get(2));
        HostTensor out = module.call(names.get(0), List.of(new Input.Floats(in))).get(0);
        assertThat(out.shape()).isEqualTo(expected.shape());
        largest = Math.max(largest, Fixture.relativeDifference(out.data(), expected.data(), 1e-3));
      }
    }
    return largest;
  }

  private static Map<String, HostTensor> without(String lost, String name) {
    Map<String, HostTensor> weights = new LinkedHashMap<>(Fixture.tensors(name));
    HostTensor tensor = weights.get(lost);
    float[] zeros = tensor.data().clone();
    Arrays.fill(zeros, 0);
    weights.put(lost, new HostTensor(tensor.shape(), zeros));
    return weights;
  }

  private static AutoencoderConfig config(String name) {
    return AutoencoderConfig.parse(Fixture.bytes(name + ".json"), name);
  }
}
