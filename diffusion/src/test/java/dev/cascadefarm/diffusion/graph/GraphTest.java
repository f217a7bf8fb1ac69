package dev.cascadefarm.diffusion.graph;

import static dev.cascadefarm.diffusion.graph.Tensor.ANY;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.function.Function;
import org.junit.jupiter.api.Test;

class GraphTest {
  @Test
  void code_smallModel_goldenText() {
    Graph graph =
        new Graph("Net")
            .method(
                "run",
                method -> {
                  Tensor x = method.input("x", ANY, 4);
                  Tensor ids = method.input("ids", DType.INT64, ANY, 3);
                  Scope root = method.root();
                  Tensor h = Layers.linear(root.in("up").in(0), x, 6).silu();
                  Tensor words = Layers.embedding(root.in("words"), ids, 10, 6);
                  Tensor scale = root.buffer("scale", Initializer.ones(), 6);
                  return List.of(h.times(scale).plus(0.5), words.mean(1, false));
                })
            .method(
                "again",
                method -> {
                  Tensor x = method.input("x", ANY, 4);
                  return List.of(Layers.linear(method.root().in("up").in(0), x, 6));
                });
    assertThat(graph.code())
        .isEqualTo(
            """
            class Net(Module):
              __parameters__ = ["up.0.bias", "up.0.weight", "words.weight", ]
              __buffers__ = ["scale", ]
              __annotations__ = []
              __annotations__["up.0.bias"] = Tensor
              __annotations__["up.0.weight"] = Tensor
              __annotations__["words.weight"] = Tensor
              __annotations__["scale"] = Tensor
              def run(self: __torch__.Net,
                x: Tensor,
                ids: Tensor) -> Tuple[Tensor, Tensor]:
                _0 = getattr(self, "up.0.bias")
                _1 = getattr(self, "up.0.weight")
                _2 = torch.linear(x, _1, _0)
                _3 = torch.silu(_2)
                _4 = getattr(self, "words.weight")
                _5 = torch.embedding(_4, ids)
                _6 = getattr(self, "scale")
                _7 = torch.mul(_3, _6)
                _8 = torch.add(_7, 0.50000000000000000)
                _9 = torch.mean(_5, [1], False)
                return (_8, _9)
              def again(self: __torch__.Net,
                x: Tensor) -> Tensor:
                _0 = getattr(self, "up.0.bias")
                _1 = getattr(self, "up.0.weight")
                _2 = torch.linear(x, _1, _0)
                return _2
            """);
  }

  @Test
  void parameters_usedTwice_declaredOnceWithTheirFirstShape() {
    assertThatThrownBy(
            () ->
                build(
                    method -> {
                      Layers.linear(method.root().in("mid"), method.input("x", ANY, 4), 6);
                      return Layers.linear(method.root().in("mid"), method.input("y", ANY, 5), 6);
                    }))
        .isInstanceOf(GraphException.class)
        .hasMessage("mid.weight: shape [6, 5] (expected: [6, 4] as at its first use)");
  }

  @Test
  void plus_shapesThatDoNotBroadcast_namesPlaceAndBothShapes() {
    assertThatThrownBy(
            () ->
                build(
                    method -> {
                      Tensor x =
                          Layers.linear(
                              method.root().in("downs").in(0), method.input("x", ANY, 4), 6);
                      return x.plus(method.input("y", ANY, 5));
                    }))
        .isInstanceOf(GraphException.class)
        .hasMessage("Net.run, after downs.0.weight: torch.add: [-1, 5] does not fit [-1, 6]");
  }

  @Test
  void plus_otherDtype_refused() {
    assertThatThrownBy(
            () -> build(m -> m.input("x", ANY, 4).plus(m.input("ids", DType.INT64, ANY, 4))))
        .hasMessage("Net.run, after its start: torch.add of INT64 [-1, 4] (expected: FLOAT32)");
    assertThatThrownBy(
            () -> build(m -> m.input("x", ANY, 4).choose(m.input("a", 1), m.input("b", 1))))
        .hasMessageContaining("where of FLOAT32 [-1, 4] (expected: BOOL)");
    assertThatThrownBy(
            () -> build(m -> Layers.embedding(m.root().in("e"), m.input("x", ANY, 4), 5, 6)))
        .hasMessageContaining("after e.weight: embedding of FLOAT32 [-1, 4] (expected: INT64)");
  }

  @Test
  void shapeChanges_thatLoseElements_refused() {
    assertRefused(m -> m.input("x", ANY, 4).reshape(ANY, 5), "reshape: [-1, 5] does not fit");
    assertRefused(m -> m.input("x", 2, 6).reshape(3, 5), "reshape: [3, 5]");
    assertRefused(m -> m.input("x", ANY, 4).splitLast(2, 3), "split: [2, 3]");
    assertRefused(m -> m.input("x", ANY, 4).permute(0, 0), "permute: [0, 0]");
    assertRefused(m -> m.input("x", ANY, 4).narrow(1, 3, 2), "narrow to [3, 5)");
    assertRefused(m -> m.input("x", ANY, 4).chunk(3, 1).get(0), "split into 3 along 1");
    assertRefused(m -> m.input("x", 2, 4).expandLike(m.input("y", ANY, 4)), "expand");
    assertRefused(m -> m.input("x", 3, 4).halves().get(0), "halves");
    assertRefused(m -> m.input("x", ANY, 4).mean(2, true), "dimension 2 of [-1, 4]");
    assertRefused(
        m -> Tensor.cat(1, m.input("x", 2, 4), m.input("y", 3, 4)), "cat along 1: [3, 4]");
    assertRefused(m -> Tensor.cat(1, m.input("x", 2, 4), m.input("y", 2)), "cat along 1: [2]");
  }

  @Test
  void layers_shapesThatDoNotFit_refused() {
    assertRefused(
        m -> Layers.groupNorm(m.root().in("norm"), m.input("x", ANY, 12, 4, 4), 8),
        "norm: 12 channels (expected: a multiple of 8 groups)");
    assertRefused(
        m -> Layers.linear(m.root().in("up"), m.input("x", 4, ANY), 8),
        "up: size of dimension -1 is open (expected: known)");
    assertRefused(
        m ->
            Layers.attention(
                m.input("q", ANY, 2, 4, 8), m.input("k", ANY, 2, 4, 6), m.input("v", ANY, 2, 4, 6)),
        "attention: [-1, 2, 4, 6] does not fit [-1, 2, 4, 8]");
    assertRefused(m -> m.input("x", 1).times(Double.NaN), "literal: NaN");
    assertRefused(
        m -> Layers.pixelUnshuffle(m.input("x", 1, 2, 6, 9), 2),
        "pixel_unshuffle: [2, 2] does not fit [1, 2, 6, 9]");
    assertRefused(
        m -> Layers.pixelShuffle(m.input("x", 1, 18, 2, 3), 2),
        "pixel_shuffle: [2, 2] does not fit [1, 18, 2, 3]");
  }

  @Test
  void shapes_openSizes_followed() {
    build(
        m -> {
          Tensor x = m.input("x", ANY, 3, ANY, ANY);
          Tensor y = Layers.conv2d(m.root().in("c"), x, new Layers.Convolution(5, 4, 2, 1), true);
          assertThat(y.shape()).containsExactly(ANY, 5, ANY, ANY);
          assertThat(Tensor.cat(1, x, y).shape()).containsExactly(ANY, 8, ANY, ANY);
          assertThat(Layers.upsampleNearest(m.input("z", 1, 2, 3, 4)).shape())
              .containsExactly(1, 2, 6, 8);
          assertThat(Layers.pixelUnshuffle(x, 2).shape()).containsExactly(ANY, 12, ANY, ANY);
          assertThat(Layers.pixelUnshuffle(m.input("p", 1, 2, 6, 9), 3).shape())
              .containsExactly(1, 18, 2, 3);
          assertThat(Layers.pixelShuffle(m.input("q", 1, 18, 2, 3), 3).shape())
              .containsExactly(1, 2, 6, 9);
          assertThat(m.input("a", ANY, 1).plus(m.input("b", 3, 7)).shape()).containsExactly(3, 7);
          assertThat(m.input("d", 1, 3).plus(m.input("e", ANY, 1, 1)).shape())
              .containsExactly(ANY, 1, 3);
          assertThat(x.mean(1, false).shape()).containsExactly(ANY, ANY, ANY);
          assertThat(x.mean(-3, true).shape()).containsExactly(ANY, 1, ANY, ANY);
          return y;
        });
  }

  @Test
  void graph_nameThatIsNoIdentifierOrMethodTwice_refused() {
    assertThatThrownBy(() -> new Graph("a-b")).hasMessageContaining("a-b");
    assertThatThrownBy(
            () -> build(m -> m.input("x", 1)).method("run", m -> List.of(m.input("x", 1))))
        .hasMessage("Net.run: written twice (expected: once)");
  }

  private static void assertRefused(Function<Method, Tensor> body, String message) {
    assertThatThrownBy(() -> build(body))
        .isInstanceOf(GraphException.class)
        .hasMessageContaining(message);
  }

  private static Graph build(Function<Method, Tensor> body) {
    return new Graph("Net").method("run", method -> List.of(body.apply(method)));
  }
}
