package dev.cascadefarm.diffusion.parity;

import static org.assertj.core.api.Assertions.assertThat;

import dev.cascadefarm.diffusion.sampler.Objective;
import dev.cascadefarm.diffusion.sampler.Row;
import dev.cascadefarm.diffusion.sampler.Sampler;
import dev.cascadefarm.diffusion.sampler.SamplerHabits;
import dev.cascadefarm.diffusion.sampler.SamplerOptions;
import dev.cascadefarm.diffusion.sampler.SamplerTable;
import dev.cascadefarm.diffusion.sampler.Spacing;
import dev.cascadefarm.diffusion.schedule.NoiseSchedule;
import dev.cascadefarm.diffusion.stage.HostTensor;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Our tables against diffusers' schedulers, row by row from the recorded x. */
class SamplerParityTest {
  /** Of the largest number a step is made of. */
  private static final double TOLERANCE = 2e-6;

  private static final int PIXELS = 3;
  private static final Map<String, HostTensor> RECORDED = Fixture.tensors("samplers");

  static Stream<String> groups() {
    return RECORDED.keySet().stream()
        .filter(name -> !name.startsWith("alpha_bar/"))
        .map(name -> String.join("/", List.of(name.split("/", -1)).subList(0, 3)))
        .distinct()
        .sorted();
  }

  @ParameterizedTest
  @MethodSource("groups")
  void table_diffusersModelOutputs_diffusersSteps(String group) {
    Map<String, HostTensor> runs = new TreeMap<>(RECORDED);
    runs.keySet().removeIf(name -> !name.startsWith(group + "/"));
    assertThat(runs).hasSizeGreaterThanOrEqualTo(20);
    runs.forEach(
        (name, tensor) -> {
          Run run = new Run(name, tensor.data().clone());
          SamplerTable table = run.table(recordedSchedule(run.part(1)));
          assertThat(run.timesteps(table)).as(name).isEqualTo(run.timesteps());
          assertThat(run.difference(table)).as(name).isLessThan(TOLERANCE);

          int middle = run.calls() / 2;
          run.numbers[(middle + 1) * Run.WIDTH + 1] += (float) (1e-4 * run.scale(middle));
          assertThat(run.difference(table)).as("doctored " + name).isGreaterThan(10 * TOLERANCE);
          run.numbers[middle * Run.WIDTH] += 1;
          assertThat(run.timesteps(table)).as(name).isNotEqualTo(run.timesteps());
        });
  }

  @Test
  void groups_all_everySamplerScheduleAndObjectiveButOne() {
    assertThat(groups()).hasSize(6 * 2 * Objective.values().length - 2);
  }

  /** diffusers multiplies up ᾱ in float32, where we do in doubles. */
  @ParameterizedTest
  @MethodSource("schedules")
  void schedule_ours_diffusersAlphaBars(String name) {
    float[] recorded = RECORDED.get("alpha_bar/" + name).data().clone();
    assertThat(relative(name, recorded)).isLessThan(2e-5);
    recorded[recorded.length / 2] *= 1.0001f;
    assertThat(relative(name, recorded)).isGreaterThan(5e-5);
  }

  static Stream<String> schedules() {
    return Stream.of("linear", "cosine");
  }

  private static double relative(String name, float[] recorded) {
    NoiseSchedule ours = NoiseSchedule.of(name, recorded.length);
    double largest = 0;
    for (int t = 0; t < recorded.length; t++) {
      largest = Math.max(largest, Math.abs(ours.alphaBar(t) / recorded[t] - 1));
    }
    return largest;
  }

  private static NoiseSchedule recordedSchedule(String name) {
    float[] recorded = RECORDED.get("alpha_bar/" + name).data();
    double[] alphaBar = new double[recorded.length];
    for (int t = 0; t < alphaBar.length; t++) {
      alphaBar[t] = recorded[t];
    }
    return NoiseSchedule.ofAlphaBars(alphaBar);
  }

  /** A recorded run, as {@code record_samplers.py} lays it out. */
  private record Run(String name, float[] numbers) {
    private static final int WIDTH = 1 + 4 * PIXELS;

    String part(int index) {
      return name.split("/", -1)[index];
    }

    int calls() {
      return numbers.length / WIDTH - 1;
    }

    private String extra() {
      return name.split("/", -1).length > 5 ? part(5) : "";
    }

    SamplerTable table(NoiseSchedule schedule) {
      String[] spacing = part(3).split("\\+", -1);
      int offset = spacing.length > 1 ? Integer.parseInt(spacing[1]) : 0;
      double eta = extra().startsWith("eta=") ? Double.parseDouble(extra().substring(4)) : 0;
      SamplerOptions options =
          new SamplerOptions(
              eta, Spacing.of(spacing[0]), offset, habits(!extra().equals("alpha0")));
      Objective objective = Objective.valueOf(part(2).toUpperCase(Locale.ROOT));
      return Sampler.of(part(0), options).table(schedule, objective, Integer.parseInt(part(4)));
    }

    private static SamplerHabits habits(boolean endsClean) {
      SamplerHabits own = SamplerHabits.OWN;
      return new SamplerHabits(true, endsClean, own.finalSigma(), own.variance(), own.solver());
    }

    List<Float> timesteps() {
      return Stream.iterate(0, i -> i < calls(), i -> i + 1).map(i -> at(i, 0)).toList();
    }

    List<Float> timesteps(SamplerTable table) {
      return table.rows().stream().map(row -> (float) row.timestep()).toList();
    }

    private float at(int call, int column) {
      return numbers[call * WIDTH + column];
    }

    /**
     * The largest number of x that a step is made of, at least 1: in the row, in the next, and in
     * the row before where Heun's second rows go back to it.
     */
    double scale(int call) {
      int from = part(0).equals("heun") ? Math.max(0, call - 1) : call;
      double scale = 1;
      for (int i = from; i <= call + 1; i++) {
        for (int p = 1; p <= PIXELS; p++) {
          scale = Math.max(scale, Math.abs(at(i, p)));
        }
      }
      return scale;
    }

    double difference(SamplerTable table) {
      double start = at(calls(), 0);
      double largest = Math.abs(table.startScale() - start) / Math.max(1, start);
      for (int p = 0; p < PIXELS; p++) {
        double[] history = new double[table.history()];
        for (int i = 0; i < calls(); i++) {
          Row row = table.rows().get(i);
          double x = at(i, 1 + p);
          double seen = row.inputScale() * x - at(i, 1 + PIXELS + p);
          double[] next =
              next(row, x, history, at(i, 1 + 2 * PIXELS + p), at(i, 1 + 3 * PIXELS + p));
          double off = Math.max(Math.abs(seen), Math.abs(next[0] - at(i + 1, 1 + p)));
          largest = Math.max(largest, off / scale(i));
          System.arraycopy(next, 1, history, 0, history.length);
        }
      }
      return largest;
    }

    private double[] next(Row row, double x, double[] history, double prediction, double noise) {
      double x0 = row.x0FromX() * x + row.x0FromPrediction() * prediction;
      double bounded = extra().equals("clip") ? Math.max(-1, Math.min(1, x0)) : x0;
      double[] next = new double[1 + history.length];
      for (int r = 0; r < next.length; r++) {
        double[] by = row.next()[r];
        next[r] = by[0] * x;
        for (int k = 0; k < history.length; k++) {
          next[r] += by[1 + k] * history[k];
        }
        int at = 1 + history.length;
        next[r] += by[at] * bounded + by[at + 1] * prediction + by[at + 2] * noise;
      }
      return next;
    }
  }
}
