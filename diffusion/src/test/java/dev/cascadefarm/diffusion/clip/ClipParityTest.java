package dev.cascadefarm.diffusion.clip;

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
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Our CLIPs against those of transformers. */
@Tag("engine")
@ExtendWith(EngineThread.class)
class ClipParityTest {
  private static final double TOLERANCE = 1e-5;
  private static final ObjectMapper JSON = new ObjectMapper();

  /** The other columns are tensors whose loss must be noticed. */
  @ParameterizedTest
  @CsvSource({
    "text-quick, text_model.encoder.layers.1.mlp.fc1.bias",
    "text-gelu, text_model.embeddings.position_embedding.weight",
    "projected-quick, text_projection.weight",
    "projected-gelu, text_model.encoder.layers.0.self_attn.k_proj.weight"
  })
  void embeds_transformersWeights_transformersOutput(String name, String doctored)
      throws IOException {
    Map<String, HostTensor> weights = ClipWeights.text(Fixture.tensors("clip-" + name));
    ClipTextConfig config = ClipConfigFile.text(config(name), name);
    assertThat(text(name, config, weights)).isLessThan(TOLERANCE);
    assertThat(text(name, config, without(weights, doctored))).isGreaterThan(10 * TOLERANCE);
  }

  /** One value of the architecture, wrong, must be noticed. */
  @ParameterizedTest
  @CsvSource({
    "text-quick, hidden_act, '\"gelu\"'",
    "text-quick, eos_token_id, 5",
    "text-gelu, hidden_act, '\"quick_gelu\"'",
    "text-gelu, layer_norm_eps, 1e-5",
    "text-gelu, num_attention_heads, 2",
    "projected-quick, eos_token_id, 7",
    "projected-gelu, eos_token_id, 5"
  })
  void embeds_doctoredArchitecture_anotherOutput(String name, String key, String value)
      throws IOException {
    ClipTextConfig config = ClipConfigFile.text(doctored(name, key, value), name);
    assertThat(text(name, config, ClipWeights.text(Fixture.tensors("clip-" + name))))
        .isGreaterThan(10 * TOLERANCE);
  }

  @ParameterizedTest
  @CsvSource({
    "vision-quick, vision_model.embeddings.class_embedding",
    "vision-quick, vision_model.pre_layrnorm.bias",
    "vision-gelu, visual_projection.weight",
    "vision-gelu, vision_model.post_layernorm.bias"
  })
  void pooled_transformersWeights_transformersOutput(String name, String doctored)
      throws IOException {
    Map<String, HostTensor> weights = ClipWeights.vision(Fixture.tensors("clip-" + name));
    ClipVisionConfig config = ClipConfigFile.vision(config(name), name);
    assertThat(vision(name, config, weights)).isLessThan(TOLERANCE);
    assertThat(vision(name, config, without(weights, doctored))).isGreaterThan(10 * TOLERANCE);
  }

  @ParameterizedTest
  @CsvSource({"vision-quick, hidden_act, '\"gelu\"'", "vision-gelu, layer_norm_eps, 1e-5"})
  void pooled_doctoredArchitecture_anotherOutput(String name, String key, String value)
      throws IOException {
    ClipVisionConfig config = ClipConfigFile.vision(doctored(name, key, value), name);
    assertThat(vision(name, config, ClipWeights.vision(Fixture.tensors("clip-" + name))))
        .isGreaterThan(10 * TOLERANCE);
  }

  /** Largest difference of tokens and of whole captions, of two lengths. */
  private static double text(String name, ClipTextConfig config, Map<String, HostTensor> weights) {
    Map<String, HostTensor> io = Fixture.tensors("clip-" + name + "-io");
    Graph graph = new ClipTextEncoder(config).graph();
    Initialization.requireFit(graph, weights, name);
    double largest = 0;
    try (TorchModule module = TorchModule.load(graph, weights, "cpu", Mode.FROZEN)) {
      for (String length : List.of("whole", "short")) {
        HostTensor ids = io.get(length + ".ids");
        long[] tokens = new long[ids.data().length];
        Arrays.setAll(tokens, i -> (long) ids.data()[i]);
        List<HostTensor> out =
            module.call(ClipTextEncoder.ENCODE, List.of(new Input.Longs(ids.shape(), tokens)));
        largest = Math.max(largest, difference(out.get(0), io.get(length + ".embeds")));
        largest = Math.max(largest, difference(out.get(1), io.get(length + ".pooled")));
      }
    }
    System.out.printf("  clip %s · largest difference %.1e%n", name, largest);
    return largest;
  }

  private static double vision(
      String name, ClipVisionConfig config, Map<String, HostTensor> weights) {
    Map<String, HostTensor> io = Fixture.tensors("clip-" + name + "-io");
    Graph graph = new ClipVisionEncoder(config).graph();
    Initialization.requireFit(graph, weights, name);
    try (TorchModule module = TorchModule.load(graph, weights, "cpu", Mode.FROZEN)) {
      List<Input> inputs = List.of(new Input.Floats(io.get("pixels")));
      HostTensor out = module.call(ClipVisionEncoder.ENCODE, inputs).get(0);
      double difference = difference(out, io.get("pooled"));
      System.out.printf("  clip %s · largest difference %.1e%n", name, difference);
      return difference;
    }
  }

  private static double difference(HostTensor ours, HostTensor theirs) {
    assertThat(ours.shape()).isEqualTo(theirs.shape());
    return Fixture.difference(ours.data(), theirs.data());
  }

  private static Map<String, HostTensor> without(Map<String, HostTensor> weights, String path) {
    HostTensor lost = weights.get(path);
    Map<String, HostTensor> broken = new LinkedHashMap<>(weights);
    broken.put(path, new HostTensor(lost.shape(), new float[lost.data().length]));
    return broken;
  }

  private static byte[] config(String name) {
    return Fixture.bytes("clip-" + name + ".json");
  }

  private static byte[] doctored(String name, String key, String value) throws IOException {
    ObjectNode file = (ObjectNode) JSON.readTree(config(name));
    file.set(key, JSON.readTree(value));
    return JSON.writeValueAsBytes(file);
  }
}
