package dev.cascadefarm.diffusion.weights;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.cascadefarm.diffusion.graph.Graph;
import dev.cascadefarm.diffusion.graph.Initializer;
import dev.cascadefarm.diffusion.graph.Layers;
import dev.cascadefarm.diffusion.graph.Scope;
import dev.cascadefarm.diffusion.stage.HostTensor;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class InitializationTest {
  private static final Graph GRAPH = graph("linear", "norm");

  private static Graph graph(String... order) {
    return new Graph("Net")
        .method(
            "run",
            method -> {
              var x = method.input("x", -1, 100);
              Scope root = method.root();
              for (String each : order) {
                x =
                    each.equals("linear")
                        ? Layers.linear(root.in(each), x, 100)
                        : Layers.layerNorm(root.in(each), x);
              }
              x = x.plus(root.parameter("shift", Initializer.normal(0.1), 1, 100));
              return List.of(x.times(root.constant("two", new double[] {2}, 1)));
            });
  }

  @Test
  void random_everyKind_asPyTorchStarts() {
    Map<String, HostTensor> weights = Initialization.random(GRAPH, 7);
    assertThat(weights)
        .containsOnlyKeys("linear.weight", "linear.bias", "norm.weight", "norm.bias", "shift");
    assertThat(weights.get("norm.weight").data()).containsOnly(1);
    assertThat(weights.get("norm.bias").data()).containsOnly(0);
    float[] uniform = weights.get("linear.weight").data();
    assertThat(deviation(uniform)).isCloseTo(0.1 / Math.sqrt(3), within(2e-3));
    for (float each : uniform) {
      assertThat(Math.abs(each)).isLessThanOrEqualTo(0.1f);
    }
    assertThat(deviation(weights.get("shift").data())).isCloseTo(0.1, within(0.03));
  }

  private static double deviation(float[] values) {
    double sum = 0;
    for (float each : values) {
      sum += each * each;
    }
    return Math.sqrt(sum / values.length);
  }

  @Test
  void random_otherOrderOfLayers_sameNumbersByPath() {
    assertThat(Initialization.random(graph("norm", "linear"), 7))
        .isEqualTo(Initialization.random(GRAPH, 7));
    assertThat(Initialization.random(GRAPH, 8)).isNotEqualTo(Initialization.random(GRAPH, 7));
  }

  @Test
  void requireFit_exactWeights_accepted() {
    assertThatCode(
            () -> Initialization.requireFit(GRAPH, Initialization.random(GRAPH, 1), "model.file"))
        .doesNotThrowAnyException();
  }

  @Test
  void requireFit_everyFault_named() {
    Map<String, HostTensor> weights = new LinkedHashMap<>(Initialization.random(GRAPH, 1));
    weights.remove("norm.bias");
    weights.put("stranger", HostTensor.of(new float[1], 1));
    weights.put("linear.weight", HostTensor.of(new float[20], 4, 5));
    assertThatThrownBy(() -> Initialization.requireFit(GRAPH, weights, "model.file"))
        .isInstanceOf(WeightsException.class)
        .hasMessageStartingWith("model.file: ")
        .hasMessageContaining("missing [norm.bias]")
        .hasMessageContaining("unexpected [stranger]")
        .hasMessageContaining("[linear.weight is [4, 5], expected [100, 100]]");
  }

  @Test
  void requireFit_transposedWeights_refused() {
    Graph graph =
        new Graph("Net")
            .method("run", m -> List.of(Layers.linear(m.root().in("l"), m.input("x", -1, 3), 2)));
    Map<String, HostTensor> weights = new LinkedHashMap<>(Initialization.random(graph, 1));
    weights.put("l.weight", HostTensor.of(new float[6], 3, 2));
    assertThatThrownBy(() -> Initialization.requireFit(graph, weights, "f"))
        .hasMessageContaining("l.weight is [3, 2], expected [2, 3]");
  }
}
