package dev.cascadefarm.diffusion.imagen;

import static org.assertj.core.api.Assertions.assertThat;

import dev.cascadefarm.diffusion.engine.EngineThread;
import dev.cascadefarm.diffusion.engine.TorchModule;
import dev.cascadefarm.diffusion.engine.TorchModule.Mode;
import dev.cascadefarm.diffusion.graph.Graph;
import dev.cascadefarm.diffusion.graph.Initializer;
import dev.cascadefarm.diffusion.graph.Scope;
import dev.cascadefarm.diffusion.graph.Tensor;
import dev.cascadefarm.diffusion.imagen.UnetLayers.Condition;
import dev.cascadefarm.diffusion.parity.Fixture;
import dev.cascadefarm.diffusion.stage.HostTensor;
import dev.cascadefarm.diffusion.weights.Initialization;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Each layer against MinImagen's: output, and gradients of its inputs and weights. */
@Tag("engine")
@ExtendWith(EngineThread.class)
class LayersParityTest {
  private static final double OUT_TOLERANCE = 1e-5;
  private static final double GRADIENT_TOLERANCE = 1e-4;
  private static final int DIM_HEAD = 8;
  private static final int HEADS = 2;
  private static final String GRADIENT = "grad.";
  private static final Map<String, HostTensor> RECORDED = Fixture.tensors("layers");

  @ParameterizedTest
  @ValueSource(
      strings = {
        "sinusoidal",
        "block",
        "resnet",
        "resnet-same",
        "resnet-cross",
        "attention",
        "cross",
        "transformer",
        "channel-norm",
        "cross-embed",
        "parallel",
        "downsample",
        "upsample"
      })
  void layer_minImagensWeights_minImagensNumbers(String name) {
    Map<String, HostTensor> layer = Fixture.under(name + ".", RECORDED);
    Map<String, Double> differences = differences(name, layer);
    assertThat(differences).hasSizeGreaterThan(1);
    differences.forEach(
        (path, difference) -> assertThat(difference).as(path).isLessThan(tolerance(path)));
    for (String path : List.of("out", GRADIENT + "x")) {
      Map<String, HostTensor> doctored = Fixture.doctored(layer, path, 0.01);
      assertThat(differences(name, doctored).get(path)).isGreaterThan(tolerance(path));
    }
  }

  private static double tolerance(String path) {
    return path.equals("out") ? OUT_TOLERANCE : GRADIENT_TOLERANCE;
  }

  /** Largest difference of the output and of each gradient. */
  private static Map<String, Double> differences(String name, Map<String, HostTensor> layer) {
    Graph graph =
        new Graph("Layer")
            .method("out", method -> List.of(apply(name, method.root(), layer)))
            .method("mean", method -> List.of(weighted(name, method.root(), layer)));
    Map<String, HostTensor> weights = new LinkedHashMap<>(layer);
    weights.keySet().removeIf(path -> path.startsWith(GRADIENT) || path.equals("out"));
    Initialization.requireFit(graph, weights, name);
    Map<String, Double> differences = new LinkedHashMap<>();
    try (TorchModule module = TorchModule.load(graph, weights, "cpu", Mode.TRAINABLE)) {
      HostTensor out = module.call("out", List.of()).get(0);
      differences.put("out", Fixture.difference(out.data(), layer.get("out").data()));
      module.gradient(
          "mean",
          List.of(),
          (path, gradient) -> {
            HostTensor expected = layer.get(GRADIENT + path);
            if (expected != null) {
              differences.put(
                  GRADIENT + path, Fixture.relativeDifference(gradient, expected.data(), 1e-3));
            }
          });
    }
    long recorded = layer.keySet().stream().filter(path -> path.startsWith(GRADIENT)).count();
    assertThat(differences).as("gradients").hasSize((int) recorded + 1);
    return differences;
  }

  private static Tensor weighted(String name, Scope root, Map<String, HostTensor> layer) {
    Tensor weight = root.parameter("weight", Initializer.zeros(), shape(layer, "weight"));
    return apply(name, root, layer).times(weight).mean();
  }

  private static Tensor apply(String name, Scope root, Map<String, HostTensor> layer) {
    Tensor x = root.parameter("x", Initializer.zeros(), shape(layer, "x"));
    Scope m = root.in("m");
    return switch (name) {
      case "sinusoidal" -> UnetLayers.sinusoidal(m, x, 8);
      case "block" -> UnetLayers.block(m, x, 16);
      case "resnet" -> UnetLayers.resnetBlock(m, x, 16, condition(root, layer), DIM_HEAD);
      case "resnet-same", "resnet-cross" ->
          UnetLayers.resnetBlock(m, x, 8, condition(root, layer), DIM_HEAD);
      case "attention" -> Attentions.selfAttention(m, x, HEADS, DIM_HEAD);
      case "cross" -> Attentions.crossAttention(m, x, tokens(root, layer), DIM_HEAD);
      case "transformer" -> Attentions.transformerBlock(m, x, HEADS, DIM_HEAD);
      case "channel-norm" -> Attentions.channelNorm(m, x);
      case "cross-embed" -> UnetLayers.crossEmbed(m, x, 8);
      case "parallel" -> UnetLayers.parallel(m, x, 8);
      case "downsample" -> UnetLayers.downsample(m, x, 8);
      case "upsample" -> UnetLayers.upsample(m, x, 4);
      default -> throw new IllegalArgumentException(name);
    };
  }

  private static Condition condition(Scope root, Map<String, HostTensor> layer) {
    Tensor vector = root.parameter("vector", Initializer.zeros(), shape(layer, "vector"));
    return new Condition(vector, layer.containsKey("tokens") ? tokens(root, layer) : null);
  }

  private static Tensor tokens(Scope root, Map<String, HostTensor> layer) {
    return root.parameter("tokens", Initializer.zeros(), shape(layer, "tokens"));
  }

  private static long[] shape(Map<String, HostTensor> layer, String name) {
    return Objects.requireNonNull(layer.get(name), name).shape();
  }
}
