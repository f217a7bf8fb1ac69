package dev.cascadefarm.diffusion.unet2d;

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
import dev.cascadefarm.diffusion.weights.Initialization;
import java.io.IOException;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Our U-Nets against diffusers', family by family. */
@Tag("engine")
@ExtendWith(EngineThread.class)
class Unet2dParityTest {
  private static final double TOLERANCE = 1e-5;
  private static final int CASES = 3;

  @ParameterizedTest
  @ValueSource(
      strings = {
        "sd1-plain",
        "sd1-odd",
        "sd2-plain",
        "sd2-odd",
        "if1-plain",
        "if1-odd",
        "if2-plain",
        "if2-odd",
        "karlo-decoder-plain",
        "karlo-decoder-odd",
        "karlo-sr-plain",
        "karlo-sr-odd"
      })
  void apply_diffusersWeights_diffusersOutput(String name) {
    assertThat(difference(name, config(name), Fixture.tensors(name), io(name)))
        .isLessThan(TOLERANCE);
  }

  /** The other column is a tensor whose loss must be noticed. */
  @ParameterizedTest
  @CsvSource({
    "sd1-plain, down_blocks.0.attentions.0.transformer_blocks.0.attn2.to_v.weight",
    "sd1-plain, mid_block.attentions.0.norm.bias",
    "sd1-odd, class_embedding.weight",
    "sd1-odd, up_blocks.0.attentions.1.transformer_blocks.0.ff.net.0.proj.bias",
    "sd1-odd, down_blocks.0.attentions.0.transformer_blocks.1.attn1.to_k.weight",
    "sd2-plain, up_blocks.1.attentions.1.proj_in.bias",
    "sd2-odd, class_embedding.linear_2.bias",
    "if1-plain, add_embedding.pool.positional_embedding",
    "if1-plain, mid_block.attentions.0.norm_cross.bias",
    "if1-odd, up_blocks.0.upsamplers.0.time_emb_proj.bias",
    "if2-plain, class_embedding.linear_1.weight",
    "if2-plain, down_blocks.1.attentions.1.add_k_proj.weight",
    "if2-odd, up_blocks.1.attentions.0.norm_cross.weight",
    "karlo-decoder-plain, down_blocks.0.downsamplers.0.conv2.bias",
    "karlo-decoder-odd, class_embedding.weight",
    "karlo-sr-plain, up_blocks.0.resnets.1.conv_shortcut.weight",
    "karlo-sr-odd, down_blocks.1.attentions.0.to_out.0.bias"
  })
  void apply_tensorLost_noticed(String name, String lost) {
    Map<String, HostTensor> weights = new LinkedHashMap<>(Fixture.tensors(name));
    weights.put(lost, zeros(weights.get(lost)));
    assertThat(difference(name, config(name), weights, io(name))).isGreaterThan(10 * TOLERANCE);
  }

  /** One word of the configuration, wrong, must be noticed. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "sd1-plain | attention_head_dim | 4",
        "sd1-odd | freq_shift | 0",
        "sd1-odd | flip_sin_to_cos | true",
        "sd1-odd | center_input_sample | false",
        "sd1-odd | mid_block_scale_factor | 1",
        "sd1-odd | norm_eps | 1e-5",
        "sd1-odd | act_fn | \"silu\"",
        "sd1-odd | timestep_post_act | null",
        "sd2-plain | attention_head_dim | [4, 2]",
        "sd2-odd | norm_num_groups | 1",
        "if1-plain | time_embedding_act_fn | null",
        "if1-plain | addition_embed_type_num_heads | 2",
        "if1-odd | resnet_skip_time_act | false",
        "if1-odd | resnet_out_scale_factor | 1",
        "if1-odd | attention_head_dim | 3",
        "if2-plain | attention_head_dim | [6, 4]",
        "karlo-decoder-plain | attention_head_dim | 2",
        "karlo-sr-odd | attention_head_dim | null",
        "karlo-sr-odd | mid_block_scale_factor | 1"
      })
  void apply_doctoredConfiguration_anotherOutput(String name, String key, String value)
      throws IOException {
    ObjectMapper json = new ObjectMapper();
    ObjectNode file = (ObjectNode) json.readTree(Fixture.bytes(name + ".json"));
    file.set(key, json.readTree(value));
    Unet2dConfig config = Unet2dConfig.parse(json.writeValueAsBytes(file), name);
    assertThat(difference(name, config, Fixture.tensors(name), io(name)))
        .isGreaterThan(10 * TOLERANCE);
  }

  /** What comes in beside the picture, wrong, must be noticed. */
  @ParameterizedTest
  @CsvSource({
    "sd1-plain, 0.tokens",
    "sd1-plain, 0.time",
    "sd1-odd, 0.labels",
    "if2-plain, 0.labels",
    "karlo-decoder-plain, 0.mask",
    "karlo-decoder-odd, 1.mask",
    "karlo-decoder-odd, 1.labels"
  })
  void apply_inputLost_noticed(String name, String lost) {
    Map<String, HostTensor> io = new LinkedHashMap<>(io(name));
    io.put(lost, zeros(io.get(lost)));
    assertThat(difference(name, config(name), Fixture.tensors(name), io))
        .isGreaterThan(10 * TOLERANCE);
  }

  private static double difference(
      String name,
      Unet2dConfig config,
      Map<String, HostTensor> weights,
      Map<String, HostTensor> io) {
    Graph graph = new Unet2d(config).graph(io.containsKey("0.mask"));
    Initialization.requireFit(graph, weights, name);
    double largest = 0;
    try (TorchModule module = TorchModule.load(graph, weights, "cpu", Mode.FROZEN)) {
      for (int i = 0; i < CASES; i++) {
        HostTensor expected = io.get(i + ".out");
        HostTensor out = module.call(Unet2d.PREDICT, inputs(i, io)).get(0);
        assertThat(out.shape()).isEqualTo(expected.shape());
        largest = Math.max(largest, Fixture.relativeDifference(out.data(), expected.data(), 1e-3));
      }
    }
    return largest;
  }

  private static List<Input> inputs(int index, Map<String, HostTensor> io) {
    return Stream.of("x", "time", "tokens", "mask", "labels")
        .map(each -> index + "." + each)
        .filter(io::containsKey)
        .<Input>map(each -> new Input.Floats(io.get(each)))
        .toList();
  }

  private static HostTensor zeros(HostTensor tensor) {
    float[] zeros = tensor.data().clone();
    Arrays.fill(zeros, 0);
    return new HostTensor(tensor.shape(), zeros);
  }

  private static Map<String, HostTensor> io(String name) {
    return Fixture.tensors(name + "-io");
  }

  private static Unet2dConfig config(String name) {
    return Unet2dConfig.parse(Fixture.bytes(name + ".json"), name);
  }
}
