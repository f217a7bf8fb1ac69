package dev.cascadefarm.diffusion.karlo;

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
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Our prior and text projection of Karlo's kind against those of diffusers. */
@Tag("engine")
@ExtendWith(EngineThread.class)
class KarloParityTest {
  private static final double TOLERANCE = 1e-5;

  @ParameterizedTest
  @ValueSource(
      strings = {
        "karlo-prior-plain",
        "karlo-prior-odd",
        "karlo-projection-plain",
        "karlo-projection-odd"
      })
  void apply_diffusersWeights_diffusersOutput(String name) {
    assertThat(difference(name, Fixture.bytes(name + ".json"), Fixture.tensors(name)))
        .isLessThan(TOLERANCE);
  }

  /** The other column is a tensor whose loss must be noticed. */
  @ParameterizedTest
  @CsvSource({
    "karlo-prior-plain, prd_embedding",
    "karlo-prior-plain, positional_embedding",
    "karlo-prior-plain, transformer_blocks.1.attn1.to_k.weight",
    "karlo-prior-plain, clip_mean",
    "karlo-prior-odd, embedding_proj_norm.bias",
    "karlo-prior-odd, norm_in.weight",
    "karlo-prior-odd, time_embedding.linear_1.bias",
    "karlo-prior-odd, transformer_blocks.2.ff.net.2.bias",
    "karlo-prior-odd, clip_std",
    "karlo-projection-plain, learned_classifier_free_guidance_embeddings",
    "karlo-projection-plain, text_encoder_hidden_states_norm.bias",
    "karlo-projection-odd, clip_extra_context_tokens_proj.weight",
    "karlo-projection-odd, embedding_proj.weight"
  })
  void apply_tensorLost_noticed(String name, String lost) {
    Map<String, HostTensor> weights = new LinkedHashMap<>(Fixture.tensors(name));
    HostTensor tensor = weights.get(lost);
    weights.put(lost, new HostTensor(tensor.shape(), new float[tensor.data().length]));
    assertThat(difference(name, Fixture.bytes(name + ".json"), weights))
        .isGreaterThan(10 * TOLERANCE);
  }

  /** One word of the configuration, wrong, must be noticed. */
  @ParameterizedTest
  @CsvSource({"num_attention_heads, 5, attention_head_dim, 3", "time_embed_act_fn, 0, , "})
  void apply_doctoredConfiguration_anotherOutput(String key, int number, String other, String value)
      throws IOException {
    String name = "karlo-prior-odd";
    ObjectMapper json = new ObjectMapper();
    ObjectNode file = (ObjectNode) json.readTree(Fixture.bytes(name + ".json"));
    if (other == null) {
      file.put(key, "silu");
    } else {
      file.put(key, number).put(other, Integer.parseInt(value));
    }
    assertThat(difference(name, json.writeValueAsBytes(file), Fixture.tensors(name)))
        .isGreaterThan(10 * TOLERANCE);
  }

  private static double difference(String name, byte[] file, Map<String, HostTensor> weights) {
    Map<String, HostTensor> io = Fixture.tensors(name + "-io");
    return name.contains("prior")
        ? prior(PriorTransformerConfig.parse(file, name), weights, io)
        : projection(TextProjectionConfig.parse(file, name), weights, io);
  }

  private static double prior(
      PriorTransformerConfig config, Map<String, HostTensor> weights, Map<String, HostTensor> io) {
    Graph graph = new PriorTransformer(config).graph();
    Initialization.requireFit(graph, weights, "prior");
    try (TorchModule module = TorchModule.load(graph, weights, "cpu", Mode.FROZEN)) {
      HostTensor out =
          module
              .call(
                  PriorTransformer.PREDICT, inputs(io, "x", "time", "embedding", "tokens", "mask"))
              .get(0);
      HostTensor finished = module.call(PriorTransformer.FINISH, inputs(io, "out")).get(0);
      return Math.max(relative(out, io.get("out")), relative(finished, io.get("finished")));
    }
  }

  /** The first half of the recorded batch hears the learned embedding. */
  private static double projection(
      TextProjectionConfig config, Map<String, HostTensor> weights, Map<String, HostTensor> io) {
    Graph graph = new TextProjection(config).graph();
    Initialization.requireFit(graph, weights, "text_proj");
    Map<String, HostTensor> inputs = new LinkedHashMap<>(io);
    float[] both = new float[2 * io.get("picture").data().length];
    System.arraycopy(io.get("picture").data(), 0, both, both.length / 2, both.length / 2);
    inputs.put("picture", HostTensor.of(both, 4, config.embedding()));
    inputs.put("keep", HostTensor.of(new float[] {0, 0, 1, 1}, 4));
    try (TorchModule module = TorchModule.load(graph, weights, "cpu", Mode.FROZEN)) {
      List<HostTensor> out =
          module.call(
              TextProjection.PROJECT, inputs(inputs, "picture", "keep", "caption", "tokens"));
      return Math.max(relative(out.get(0), io.get("out")), relative(out.get(1), io.get("beside")));
    }
  }

  private static List<Input> inputs(Map<String, HostTensor> io, String... names) {
    return Stream.of(names).<Input>map(each -> new Input.Floats(io.get(each))).toList();
  }

  private static double relative(HostTensor actual, HostTensor expected) {
    assertThat(actual.shape()).isEqualTo(expected.shape());
    return Fixture.relativeDifference(actual.data(), expected.data(), 1e-3);
  }
}
