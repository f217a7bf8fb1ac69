package dev.cascadefarm.diffusion.t5;

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
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Our encoder against that of transformers, and our captions against MinImagen's. */
@Tag("engine")
@ExtendWith(EngineThread.class)
class T5ParityTest {
  private static final double TOLERANCE = 1e-5;
  private static final List<String> CASES = List.of("batch", "7", "33", "77", "holes");

  @TempDir Path folder;

  /** The other columns are tensors whose loss must be noticed. */
  @ParameterizedTest
  @CsvSource({
    "v1-0, encoder.block.0.layer.0.SelfAttention.relative_attention_bias.weight",
    "v1-0, encoder.block.2.layer.1.DenseReluDense.wi.weight",
    "v1-1, encoder.block.1.layer.1.DenseReluDense.wi_0.weight",
    "v1-1, encoder.block.1.layer.0.SelfAttention.q.weight"
  })
  void apply_transformersWeights_transformersOutput(String name, String doctored)
      throws IOException {
    Map<String, HostTensor> weights = weights(name);
    assertThat(difference(name, config(name), weights)).isLessThan(TOLERANCE);

    Map<String, HostTensor> broken = new LinkedHashMap<>(weights);
    HostTensor lost = weights.get(doctored);
    broken.put(doctored, new HostTensor(lost.shape(), new float[lost.data().length]));
    assertThat(difference(name, config(name), broken)).isGreaterThan(10 * TOLERANCE);
  }

  /** One number of the architecture, wrong, must be noticed. */
  @ParameterizedTest
  @CsvSource({
    "v1-0, relative_attention_max_distance, 64",
    "v1-1, relative_attention_max_distance, 40",
    "v1-1, layer_norm_epsilon, 1e-2"
  })
  void apply_doctoredArchitecture_anotherOutput(String name, String key, String value)
      throws IOException {
    ObjectNode file =
        (ObjectNode) new ObjectMapper().readTree(Fixture.bytes("t5-" + name + ".json"));
    file.set(key, new ObjectMapper().readTree(value));
    T5Config config = T5ConfigFile.parse(new ObjectMapper().writeValueAsBytes(file), name);
    assertThat(difference(name, config, weights(name))).isGreaterThan(10 * TOLERANCE);
  }

  @ParameterizedTest
  @ValueSource(strings = {"v1-0", "v1-1"})
  void encode_captions_minImagensEmbeddingsAndMask(String name) throws IOException {
    for (int limit : new int[] {256, 12}) {
      Map<String, HostTensor> io = Fixture.tensors("t5-" + name + "-io");
      HostTensor embeds = io.get("minimagen" + limit + ".out");
      T5TextEncoder.Encoded ours = encode(name, limit, captions());
      assertThat(ours.mask()).isEqualTo(io.get("minimagen" + limit + ".mask"));
      assertThat(ours.embeds().shape()).isEqualTo(embeds.shape());
      assertThat(Fixture.difference(ours.embeds().data(), embeds.data())).isLessThan(TOLERANCE);

      List<String> doctored = captions();
      doctored.set(0, "a red circlet");
      HostTensor other = encode(name, limit, doctored).embeds();
      assertThat(Fixture.difference(other.data(), embeds.data())).isGreaterThan(10 * TOLERANCE);
    }
  }

  /** DeepFloyd IF's U-Nets see what a T5 makes of padding, and are not told that it is padding. */
  @ParameterizedTest
  @ValueSource(strings = {"v1-0", "v1-1"})
  void apply_paddedCaptionForDeepFloyd_transformersOutputAlsoOfPadding(String name) {
    Map<String, HostTensor> io = Fixture.tensors("if-parts");
    assertThat(difference(name, io, T5Convention.DEEPFLOYD)).isLessThan(TOLERANCE);
    assertThat(difference(name, io, T5Convention.MINIMAGEN)).isGreaterThan(10 * TOLERANCE);
    Map<String, HostTensor> doctored = Fixture.doctored(io, name + ".mask", -1);
    assertThat(difference(name, doctored, T5Convention.DEEPFLOYD)).isGreaterThan(10 * TOLERANCE);
  }

  private static double difference(
      String name, Map<String, HostTensor> io, T5Convention convention) {
    Graph graph = new T5Encoder(new T5TextConfig(config(name), 77, convention)).graph();
    try (TorchModule module = TorchModule.load(graph, weights(name), "cpu", Mode.FROZEN)) {
      return difference(module, io, name);
    }
  }

  private T5TextEncoder.Encoded encode(String name, int limit, List<String> captions)
      throws IOException {
    Path tokenizer = Files.write(folder.resolve("t.json"), Fixture.bytes("t5-tokenizer.json"));
    T5TextConfig config = new T5TextConfig(config(name), limit);
    TorchModule module =
        TorchModule.load(new T5Encoder(config).graph(), weights(name), "cpu", Mode.FROZEN);
    try (T5TextEncoder encoder =
        new T5TextEncoder(config, module, T5Tokenizer.load(tokenizer, limit))) {
      return encoder.encode(captions);
    }
  }

  private static List<String> captions() throws IOException {
    String[] captions =
        new ObjectMapper().readValue(Fixture.bytes("t5-encoded.json"), String[].class);
    return Arrays.asList(captions);
  }

  private static double difference(String name, T5Config config, Map<String, HostTensor> weights) {
    Map<String, HostTensor> io = Fixture.tensors("t5-" + name + "-io");
    Graph graph = new T5Encoder(new T5TextConfig(config, 256)).graph();
    Initialization.requireFit(graph, weights, name);
    try (TorchModule module = TorchModule.load(graph, weights, "cpu", Mode.FROZEN)) {
      return CASES.stream().mapToDouble(each -> difference(module, io, each)).max().orElseThrow();
    }
  }

  private static double difference(TorchModule module, Map<String, HostTensor> io, String name) {
    HostTensor ids = io.get(name + ".ids");
    long[] tokens = new long[ids.data().length];
    Arrays.setAll(tokens, i -> (long) ids.data()[i]);
    HostTensor recorded = io.get(name + ".out");
    List<Input> inputs =
        List.of(new Input.Longs(ids.shape(), tokens), new Input.Floats(io.get(name + ".mask")));
    HostTensor out = module.call(T5Encoder.ENCODE, inputs).get(0);
    assertThat(out.shape()).isEqualTo(recorded.shape());
    return Fixture.difference(out.data(), recorded.data());
  }

  private static Map<String, HostTensor> weights(String name) {
    return T5Weights.encoder(Fixture.tensors("t5-" + name), name);
  }

  private static T5Config config(String name) {
    return T5ConfigFile.parse(Fixture.bytes("t5-" + name + ".json"), name);
  }
}
