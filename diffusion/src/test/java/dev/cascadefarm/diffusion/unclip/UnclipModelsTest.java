package dev.cascadefarm.diffusion.unclip;

import static dev.cascadefarm.diffusion.graph.Tensor.ANY;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.cascadefarm.diffusion.engine.EngineThread;
import dev.cascadefarm.diffusion.engine.TorchModule;
import dev.cascadefarm.diffusion.engine.TorchModule.Input;
import dev.cascadefarm.diffusion.engine.TorchModule.Mode;
import dev.cascadefarm.diffusion.graph.Graph;
import dev.cascadefarm.diffusion.graph.Method;
import dev.cascadefarm.diffusion.graph.Tensor;
import dev.cascadefarm.diffusion.noise.CounterNoise;
import dev.cascadefarm.diffusion.parity.Fixture;
import dev.cascadefarm.diffusion.stage.HostTensor;
import dev.cascadefarm.diffusion.weights.Initialization;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What each model listens to, with random weights. */
@Tag("engine")
@ExtendWith(EngineThread.class)
class UnclipModelsTest {
  private static final int LATENT = 6;
  private static final int LENGTH = 5;
  private static final int WIDTH = 8;
  private static final TowerConfig TOWER = new TowerConfig(WIDTH, 2, 2);
  private static final Clip CLIP =
      new Clip(new ClipConfig(3, 8, 4, TOWER, 20, LENGTH, TOWER, LATENT));
  private static final DiffusionPrior PRIOR =
      new DiffusionPrior(new PriorConfig(LATENT, WIDTH, LENGTH, TOWER));
  private static final Decoder DECODER =
      new Decoder(new DecoderConfig(3, 8, List.of(1, 2, 3), 2, 10, 4, 2, LATENT, 2, WIDTH, LENGTH));

  @Test
  void clip_padding_notHeard() {
    long[] ids = {3, 4, 2, 0, 0, 3, 4, 5, 6, 2};
    float[] mask = {1, 1, 1, 0, 0, 1, 1, 1, 1, 1};
    List<HostTensor> out = text(ids, mask);
    List<HostTensor> filled = text(new long[] {3, 4, 2, 9, 7, 3, 4, 5, 6, 2}, mask);
    List<HostTensor> other = text(new long[] {3, 9, 2, 0, 0, 3, 4, 5, 6, 2}, mask);
    for (int i = 0; i < 2; i++) {
      assertThat(Fixture.difference(filled.get(i).data(), out.get(i).data())).isZero();
      assertThat(Fixture.difference(other.get(i).data(), out.get(i).data())).isPositive();
    }
    double square = 0;
    for (int i = 0; i < LATENT; i++) {
      square += Math.pow(out.get(1).data()[i], 2);
    }
    assertThat(square).isCloseTo(LATENT, within(1e-4));
    assertThat(out.get(0).data()[3 * WIDTH]).as("encoding of padding").isZero();
  }

  private static List<HostTensor> text(long[] ids, float[] mask) {
    Graph graph = CLIP.textGraph();
    try (TorchModule module =
        TorchModule.load(graph, Initialization.random(graph, 1), "cpu", Mode.FROZEN)) {
      return module.call(
          Clip.ENCODE_TEXT,
          List.of(
              new Input.Longs(new long[] {2, LENGTH}, ids),
              new Input.Floats(HostTensor.of(mask, 2, LENGTH))));
    }
  }

  /** Which of x, text, encodings a change of is heard. */
  @ParameterizedTest
  @CsvSource({"1, true, true, true", "0, true, false, false"})
  void prior_caption_heardWhereKept(float keep, boolean x, boolean text, boolean encodings) {
    Graph graph = new Graph("Prior").method("forward", UnclipModelsTest::prior);
    List<HostTensor> given =
        List.of(
            drawn("x", LATENT),
            drawn("text", LATENT),
            drawn("encodings", LENGTH, WIDTH),
            HostTensor.of(new float[] {1, 1, 1, 0, 0}, 1, LENGTH),
            HostTensor.of(new float[] {keep}, 1));
    assertThat(heard(graph, given, 0, 0)).isEqualTo(x);
    assertThat(heard(graph, given, 1, 0)).isEqualTo(text);
    assertThat(heard(graph, given, 2, 0)).isEqualTo(encodings);
    assertThat(heard(graph, given, 2, 4 * WIDTH)).as("padding").isFalse();
  }

  private static List<Tensor> prior(Method method) {
    Tensor x = method.input("x", ANY, LATENT);
    Tensor text = method.input("text", ANY, LATENT);
    Tensor encodings = method.input("encodings", ANY, LENGTH, WIDTH);
    Tensor mask = method.input("mask", ANY, LENGTH);
    Tensor keep = method.input("keep", ANY);
    PriorInputs inputs = new PriorInputs(x, keep.times(7), text, encodings, mask, keep);
    return List.of(PRIOR.apply(method.root(), inputs));
  }

  /** Which of image, encodings a change of is heard. */
  @ParameterizedTest
  @CsvSource({"1, 1, true, true", "0, 1, false, true", "1, 0, true, false", "0, 0, false, false"})
  void decoder_imageAndCaption_heardWhereKept(
      float keepImage, float keepText, boolean image, boolean encodings) {
    Graph graph = new Graph("Decoder").method("forward", UnclipModelsTest::decoder);
    List<HostTensor> given =
        List.of(
            drawn("x", 3, 8, 8),
            drawn("image", LATENT),
            HostTensor.of(new float[] {keepImage}, 1),
            drawn("encodings", LENGTH, WIDTH),
            HostTensor.of(new float[] {1, 1, 1, 0, 0}, 1, LENGTH),
            HostTensor.of(new float[] {keepText}, 1));
    assertThat(heard(graph, given, 1, 0)).isEqualTo(image);
    assertThat(heard(graph, given, 3, 0)).isEqualTo(encodings);
    assertThat(heard(graph, given, 3, 4 * WIDTH)).as("padding").isFalse();
  }

  private static List<Tensor> decoder(Method method) {
    Tensor x = method.input("x", ANY, 3, ANY, ANY);
    Tensor image = method.input("image", ANY, LATENT);
    Tensor keepImage = method.input("keep_image", ANY);
    Tensor encodings = method.input("encodings", ANY, LENGTH, WIDTH);
    Tensor mask = method.input("mask", ANY, LENGTH);
    Tensor keepText = method.input("keep_text", ANY);
    Tensor time = keepText.times(0).plus(7);
    DecoderInputs inputs = new DecoderInputs(x, time, image, keepImage, encodings, mask, keepText);
    return List.of(DECODER.apply(method.root(), inputs));
  }

  /** Whether another number there gives another output. */
  private static boolean heard(Graph graph, List<HostTensor> given, int input, int index) {
    List<HostTensor> changed = new ArrayList<>(given);
    float[] data = given.get(input).data().clone();
    data[index] += 1;
    changed.set(input, new HostTensor(given.get(input).shape(), data));
    try (TorchModule module =
        TorchModule.load(graph, Initialization.random(graph, 1), "cpu", Mode.FROZEN)) {
      return !module.call("forward", inputs(given)).equals(module.call("forward", inputs(changed)));
    }
  }

  private static List<Input> inputs(List<HostTensor> tensors) {
    return tensors.stream().<Input>map(Input.Floats::new).toList();
  }

  /** One sample. */
  private static HostTensor drawn(String name, int... shape) {
    long[] batch = new long[shape.length + 1];
    batch[0] = 1;
    int size = 1;
    for (int i = 0; i < shape.length; i++) {
      batch[i + 1] = shape[i];
      size *= shape[i];
    }
    return new HostTensor(batch, new CounterNoise(1, "test", name).normals(0, size));
  }
}
