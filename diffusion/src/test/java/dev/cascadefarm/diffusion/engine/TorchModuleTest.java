package dev.cascadefarm.diffusion.engine;

import static dev.cascadefarm.diffusion.graph.Tensor.ANY;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.cascadefarm.diffusion.engine.TorchModule.Input;
import dev.cascadefarm.diffusion.engine.TorchModule.Mode;
import dev.cascadefarm.diffusion.graph.DType;
import dev.cascadefarm.diffusion.graph.Graph;
import dev.cascadefarm.diffusion.graph.Initializer;
import dev.cascadefarm.diffusion.graph.Layers;
import dev.cascadefarm.diffusion.graph.Scope;
import dev.cascadefarm.diffusion.graph.Tensor;
import dev.cascadefarm.diffusion.stage.HostTensor;
import dev.cascadefarm.diffusion.stage.StageException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@Tag("engine")
@ExtendWith(EngineThread.class)
class TorchModuleTest {
  private static final Map<String, HostTensor> WEIGHTS =
      Map.of(
          "l.weight", HostTensor.of(new float[] {1, 2, 3, 4}, 2, 2),
          "l.bias", HostTensor.of(new float[] {10, 20}, 2),
          "b", HostTensor.of(new float[] {-1, 1}, 2));
  private static final Input X =
      new Input.Floats(HostTensor.of(new float[] {1, 2, 3, 4, 5, 6}, 3, 2));

  private static Graph graph() {
    return new Graph("Net")
        .method("run", m -> List.of(forward(m.root(), m.input("x", ANY, 2)), m.input("y", ANY, 2)))
        .method("loss", m -> List.of(forward(m.root(), m.input("x", ANY, 2)).square().mean()))
        .method(
            "pick",
            m -> {
              Tensor ids = m.input("ids", DType.INT64, ANY, 2);
              return List.of(Layers.embedding(m.root().in("l"), ids, 2, 2));
            });
  }

  private static Tensor forward(Scope root, Tensor x) {
    return Layers.linear(root.in("l"), x, 2).times(root.buffer("b", Initializer.ones(), 2));
  }

  @Test
  void call_anyMethodAndBatch_theArithmetic() {
    try (TorchModule module = TorchModule.load(graph(), WEIGHTS, "cpu", Mode.FROZEN)) {
      List<HostTensor> outputs = module.call("run", List.of(X, X));
      assertThat(outputs.get(0))
          .isEqualTo(HostTensor.of(new float[] {-15, 31, -21, 45, -27, 59}, 3, 2));
      assertThat(outputs.get(1).data()).containsExactly(1, 2, 3, 4, 5, 6);
      Input ids = new Input.Longs(new long[] {1, 2}, new long[] {1, 0});
      assertThat(module.call("pick", List.of(ids)).get(0))
          .isEqualTo(HostTensor.of(new float[] {3, 4, 1, 2}, 1, 2, 2));
    }
  }

  /** Each square's pixels, row by row, become channels side by side, and pixels again. */
  @Test
  void call_pixelShuffles_theOrderOfPyTorch() {
    Graph shuffles =
        new Graph("Shuffles")
            .method(
                "run",
                m -> {
                  Tensor patches = Layers.pixelUnshuffle(m.input("x", ANY, 1, ANY, ANY), 2);
                  return List.of(patches, Layers.pixelShuffle(patches, 2));
                });
    HostTensor x = HostTensor.of(new float[] {0, 1, 2, 3, 4, 5, 6, 7}, 1, 1, 2, 4);
    try (TorchModule module = TorchModule.load(shuffles, Map.of(), "cpu", Mode.FROZEN)) {
      assertThat(module.call("run", List.of(new Input.Floats(x))))
          .containsExactly(HostTensor.of(new float[] {0, 2, 1, 3, 4, 6, 5, 7}, 1, 4, 1, 2), x);
    }
  }

  @Test
  void gradient_linearModel_theDerivative() {
    try (TorchModule module = TorchModule.load(graph(), WEIGHTS, "cpu", Mode.TRAINABLE)) {
      Map<String, float[]> gradients = new HashMap<>();
      float loss = module.gradient("loss", List.of(X), gradients::put);
      assertThat(loss).isCloseTo((225 + 961 + 441 + 2025 + 729 + 3481) / 6f, within(1e-3f));
      assertThat(gradients).containsOnlyKeys("l.weight", "l.bias");
      assertThat(gradients.get("l.bias")).containsExactly(21, 45);
      assertThat(gradients.get("l.weight")[0])
          .isCloseTo((15f * 1 + 21 * 3 + 27 * 5) / 3, within(1e-4f));
      Map<String, float[]> again = new HashMap<>();
      module.gradient("loss", List.of(X), again::put);
      assertThat(again.get("l.bias")).containsExactly(21, 45);
    }
  }

  @Test
  void set_newWeights_seenByTheNextCall() {
    try (TorchModule module = TorchModule.load(graph(), WEIGHTS, "cpu", Mode.TRAINABLE)) {
      module.set("l.bias", new float[] {0, 0});
      assertThat(module.call("run", List.of(X, X)).get(0).data()).startsWith(-5, 11);
    }
  }

  @Test
  void call_wrongShapeOrMethod_stageExceptionAndStillUsable() {
    try (TorchModule module = TorchModule.load(graph(), WEIGHTS, "cpu", Mode.FROZEN)) {
      Input wide = new Input.Floats(HostTensor.of(new float[3], 1, 3));
      assertThatThrownBy(() -> module.call("run", List.of(wide, X)))
          .isInstanceOf(StageException.class)
          .hasMessage("Net.run failed")
          .hasStackTraceContaining("torch.linear");
      assertThatThrownBy(() -> module.call("walk", List.of(X))).isInstanceOf(StageException.class);
      assertThat(module.call("run", List.of(X, X))).hasSize(2);
    }
  }

  @Test
  void load_missingWeight_stageException() {
    assertThatThrownBy(() -> TorchModule.load(graph(), Map.of(), "cpu", Mode.FROZEN))
        .isInstanceOf(StageException.class)
        .hasStackTraceContaining("l.bias: missing");
  }

  @Test
  void load_unknownDevice_refused() {
    assertThatThrownBy(() -> TorchModule.load(graph(), WEIGHTS, "gpu", Mode.FROZEN))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("device: gpu (expected: cpu or cuda:N)");
  }

  @Test
  void close_loadedTwice_arraysReturnToTheStart() {
    int before = EngineArrays.count();
    for (int i = 0; i < 3; i++) {
      TorchModule module = TorchModule.load(graph(), WEIGHTS, "cpu", Mode.TRAINABLE);
      module.gradient("loss", List.of(X), (path, gradient) -> {});
      module.call("run", List.of(X, X));
      module.set("l.bias", new float[2]);
      module.close();
      module.close();
    }
    assertThat(EngineArrays.count()).isEqualTo(before);
  }
}
