package dev.cascadefarm.diffusion.imagen;

import static org.assertj.core.api.Assertions.assertThat;

import dev.cascadefarm.diffusion.denoise.LossKind;
import dev.cascadefarm.diffusion.denoise.TrainingObjective;
import dev.cascadefarm.diffusion.engine.EngineThread;
import dev.cascadefarm.diffusion.engine.TorchModule;
import dev.cascadefarm.diffusion.engine.TorchModule.Input;
import dev.cascadefarm.diffusion.engine.TorchModule.Mode;
import dev.cascadefarm.diffusion.graph.Graph;
import dev.cascadefarm.diffusion.image.Resize;
import dev.cascadefarm.diffusion.parity.Fixture;
import dev.cascadefarm.diffusion.sampler.Objective;
import dev.cascadefarm.diffusion.schedule.NoiseSchedule;
import dev.cascadefarm.diffusion.stage.HostTensor;
import dev.cascadefarm.diffusion.weights.Initialization;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Our training loss and all its gradients against MinImagen's, from the same pictures. */
@Tag("engine")
@ExtendWith(EngineThread.class)
class TrainingParityTest {
  private static final double LOSS_TOLERANCE = 1e-5;
  private static final double GRADIENT_TOLERANCE = 2e-4;

  /** A gradient this much smaller than the largest of the model is only rounding. */
  private static final double NEGLIGIBLE = 1e-3;

  private static final int BASE_SIDE = 8;
  private static final NoiseSchedule SCHEDULE = NoiseSchedule.linear(50);
  private static final TrainingObjective NOISE =
      TrainingObjective.unweighted(SCHEDULE, Objective.NOISE);
  private static final Map<String, HostTensor> RECORDED = Fixture.tensors("training");

  @ParameterizedTest
  @CsvSource({"1, L2", "1, L1", "1, HUBER", "2, L2", "2, L1", "2, HUBER"})
  void loss_anyKind_minImagensLossAndGradients(int number, LossKind kind) {
    String prefix = number + "." + kind.name().toLowerCase(Locale.ROOT) + ".";
    assertEqual(kind, NOISE, inputs(number, NOISE, number + ".times", RECORDED), prefix, number);
    String drawn = number == 1 ? "1.noise" : "2.lowres_noise";
    List<Input> doctored =
        inputs(number, NOISE, number + ".times", Fixture.doctored(RECORDED, drawn, 3));
    assertUnequal(kind, doctored, prefix, number);
  }

  @ParameterizedTest
  @CsvSource({"noise, none", "noise, half", "x_start, none", "x_start, half", "v, none", "v, half"})
  void loss_anyObjective_asWrittenOutInPython(String objective, String gamma) {
    double highest = gamma.equals("half") ? 0.5 : Double.POSITIVE_INFINITY;
    Objective target = Objective.valueOf(objective.toUpperCase(Locale.ROOT));
    TrainingObjective training = new TrainingObjective(SCHEDULE, target, highest);
    String prefix = objective + "." + gamma + ".";
    assertEqual(LossKind.L2, training, inputs(1, training, "objective.times", RECORDED), prefix, 1);
    TrainingObjective other = new TrainingObjective(SCHEDULE, target, highest == 0.5 ? 0.6 : 0.1);
    assertUnequal(LossKind.L2, inputs(1, other, "objective.times", RECORDED), prefix, 1);
  }

  private static void assertEqual(
      LossKind kind, TrainingObjective training, List<Input> inputs, String prefix, int number) {
    Map<String, Double> differences = differences(kind, inputs, prefix, number);
    assertThat(differences).as(training.toString()).hasSizeGreaterThan(4);
    differences.forEach(
        (path, difference) ->
            assertThat(difference)
                .as(path)
                .isLessThan(path.equals("loss") ? LOSS_TOLERANCE : GRADIENT_TOLERANCE));
  }

  private static void assertUnequal(LossKind kind, List<Input> inputs, String prefix, int number) {
    Map<String, Double> differences = differences(kind, inputs, prefix, number);
    assertThat(differences.get("loss")).isGreaterThan(LOSS_TOLERANCE);
    assertThat(differences.get("final_conv.bias")).isGreaterThan(GRADIENT_TOLERANCE);
  }

  /** Of the loss, and of each recorded gradient as a share of its largest number. */
  private static Map<String, Double> differences(
      LossKind kind, List<Input> inputs, String prefix, int number) {
    String name = number == 1 ? "unet-base" : "unet-enlarger";
    UnetConfig config = Fixture.config(name).toBuilder().lowresCond(number > 1).build();
    Graph graph = new UnetLoss(new Unet(config), kind).graph();
    Map<String, HostTensor> weights = Fixture.tensors(name);
    Initialization.requireFit(graph, weights, name);
    Map<String, HostTensor> expected = Fixture.under(prefix, RECORDED);
    double floor = NEGLIGIBLE * largest(expected);
    Map<String, Double> differences = new LinkedHashMap<>();
    try (TorchModule module = TorchModule.load(graph, weights, "cpu", Mode.TRAINABLE)) {
      float loss =
          module.gradient(
              UnetLoss.LOSS,
              inputs,
              (path, gradient) -> {
                HostTensor recorded = expected.get("grad." + path);
                if (recorded != null) {
                  differences.put(
                      path, Fixture.relativeDifference(gradient, recorded.data(), floor));
                }
              });
      differences.put("loss", Math.abs((double) loss - expected.get("loss").data()[0]));
    }
    assertThat(differences).as("gradients").hasSize(expected.size());
    return differences;
  }

  private static double largest(Map<String, HostTensor> expected) {
    return expected.entrySet().stream()
        .filter(each -> !each.getKey().equals("loss"))
        .mapToDouble(each -> Fixture.largest(each.getValue().data()))
        .max()
        .orElseThrow();
  }

  private static List<Input> inputs(
      int number, TrainingObjective training, String timesOf, Map<String, HostTensor> recorded) {
    int side = number * BASE_SIDE;
    HostTensor images = recorded.get("images");
    int[] times = ints(recorded.get(timesOf));
    int[] lowresTimes = new int[times.length];
    if (number > 1) {
      Arrays.fill(lowresTimes, ints(recorded.get("2.aug"))[0]);
    }
    List<HostTensor> inputs = new ArrayList<>();
    inputs.add(each(images, one -> new Resize(20, side).apply(one)));
    inputs.add(recorded.get(number + ".noise"));
    inputs.add(training.rows(times, lowresTimes));
    inputs.addAll(List.of(recorded.get("embeds"), recorded.get("mask"), recorded.get("keep")));
    if (number > 1) {
      inputs.add(each(images, one -> LowresPicture.blurred(one, BASE_SIDE, side)));
      inputs.add(recorded.get("2.lowres_noise"));
    }
    return inputs.stream().<Input>map(Input.Floats::new).toList();
  }

  private static int[] ints(HostTensor tensor) {
    int[] ints = new int[tensor.data().length];
    for (int i = 0; i < ints.length; i++) {
      ints[i] = (int) tensor.data()[i];
    }
    return ints;
  }

  /** Resizes each picture and brings it from [0, 1] to [-1, 1]. */
  private static HostTensor each(HostTensor images, UnaryOperator<HostTensor> resize) {
    int count = (int) images.shape()[0];
    int size = images.data().length / count;
    int side = (int) images.shape()[2];
    float[] all = {};
    int newSide = 0;
    for (int i = 0; i < count; i++) {
      float[] one = Arrays.copyOfRange(images.data(), i * size, (i + 1) * size);
      HostTensor resized = resize.apply(HostTensor.of(one, 1, side, side));
      newSide = (int) resized.shape()[1];
      all = Arrays.copyOf(all, (i + 1) * resized.data().length);
      for (int k = 0; k < resized.data().length; k++) {
        all[i * resized.data().length + k] = 2 * resized.data()[k] - 1;
      }
    }
    return HostTensor.of(all, count, 1, newSide, newSide);
  }
}
