package dev.cascadefarm.diffusion.sampler;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.cascadefarm.diffusion.noise.CounterNoise;
import dev.cascadefarm.diffusion.parity.Fixture;
import dev.cascadefarm.diffusion.sampler.SamplerHabits.FinalSigma;
import dev.cascadefarm.diffusion.schedule.NoiseSchedule;
import dev.cascadefarm.diffusion.stage.HostTensor;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class SamplerTest {
  private static final NoiseSchedule COSINE = NoiseSchedule.cosine(1000);
  private static final SamplerHabits LIKE_DIFFUSERS =
      new SamplerHabits(
          true, true, FinalSigma.ZERO, SamplerHabits.Variance.SMALL, SamplerHabits.Multistep.USUAL);
  private static final double X0 = 0.37;

  static Stream<Arguments> everyRun() {
    return Stream.concat(Sampler.NAMES.stream(), Stream.of("ddim 0.5", "ddim 1"))
        .flatMap(
            name ->
                Stream.of(Objective.values())
                    .flatMap(
                        objective ->
                            Stream.of(1, 2, 3, 7, 50)
                                .filter(steps -> steps >= fewest(name))
                                .map(steps -> Arguments.of(name, objective, steps))));
  }

  private static int fewest(String name) {
    return switch (name) {
      case "pndm_prk" -> 4;
      case "unclip" -> 2;
      default -> 1;
    };
  }

  private static Sampler sampler(String name) {
    String[] parts = name.split(" ", -1);
    return Sampler.of(parts[0], trailing(parts.length > 1 ? Double.parseDouble(parts[1]) : 0));
  }

  private static SamplerOptions trailing(double eta) {
    return SamplerOptions.of(eta, Spacing.TRAILING, 0);
  }

  @ParameterizedTest
  @MethodSource("everyRun")
  void table_perfectModel_endsAtX0(String name, Objective objective, int steps) {
    for (Spacing spacing : Spacing.values()) {
      SamplerOptions options = SamplerOptions.of(0.5, spacing, 0);
      SamplerTable table =
          Sampler.of(name.split(" ", -1)[0], options).table(schedule(name), objective, steps);
      CounterNoise noise = new CounterNoise(1, "test", "z");
      double start = table.startScale() * noise.normals(0, 1)[0];
      assertThat(run(table, schedule(name), objective, start, noise)).isCloseTo(X0, within(1e-8));
    }
  }

  /** Where a run ends whose model knows x₀. */
  private static double run(
      SamplerTable table,
      NoiseSchedule schedule,
      Objective objective,
      double x,
      CounterNoise noise) {
    double[] state = new double[1 + table.history()];
    state[0] = x;
    for (int i = 0; i < table.rows().size(); i++) {
      Row row = table.rows().get(i);
      double alphaBar = alphaBar(schedule, row.timestep());
      double prediction = perfect(objective, row.inputScale() * state[0], alphaBar);
      double x0 = row.x0FromX() * state[0] + row.x0FromPrediction() * prediction;
      assertThat(x0).isCloseTo(X0, within(1e-8));
      state = next(row, state, x0, prediction, noise.normals(i, 1)[0]);
    }
    return state[0];
  }

  private static double[] next(Row row, double[] state, double x0, double prediction, double z) {
    double[] next = new double[state.length];
    for (int r = 0; r < next.length; r++) {
      double[] by = row.next()[r];
      for (int k = 0; k < state.length; k++) {
        next[r] += by[k] * state[k];
      }
      int at = state.length;
      next[r] += by[at] * x0 + by[at + 1] * prediction + by[at + 2] * z;
    }
    return next;
  }

  /** The cosine's last ᾱ is so small that steps of PNDM, which divide by it, lose nine digits. */
  private static NoiseSchedule schedule(String name) {
    return name.startsWith("pndm") ? NoiseSchedule.linear(1000) : COSINE;
  }

  private static double alphaBar(NoiseSchedule schedule, double timestep) {
    double sigma = schedule.sigma(timestep);
    return 1 / (sigma * sigma + 1);
  }

  /** What a model predicts that knows x₀, at x = √ᾱ x₀ + √(1−ᾱ) ε. */
  private static double perfect(Objective objective, double x, double alphaBar) {
    double epsilon = (x - Math.sqrt(alphaBar) * X0) / Math.sqrt(1 - alphaBar);
    return switch (objective) {
      case NOISE -> epsilon;
      case X_START -> X0;
      case V -> Math.sqrt(alphaBar) * epsilon - Math.sqrt(1 - alphaBar) * X0;
    };
  }

  @ParameterizedTest
  @MethodSource("everyRun")
  void table_lastRow_takesNothingButX0(String name, Objective objective, int steps) {
    SamplerTable table = sampler(name).table(COSINE, objective, steps);
    Row last = table.rows().get(table.rows().size() - 1);
    double[] x0 = new double[table.history() + 4];
    x0[1 + table.history()] = 1;
    if (List.of("lms", "pndm", "pndm_prk").contains(name) && steps > 1) {
      assertThat(last.next()[0][1]).as("looks back").isNotZero();
    } else {
      assertThat(last.next()[0]).containsExactly(x0, within(1e-12));
    }
    assertThat(last.noisy()).isFalse();
  }

  @ParameterizedTest
  @MethodSource("everyRun")
  void table_steps_oneRowEachButInThree(String name, Objective objective, int steps) {
    SamplerTable table = sampler(name).table(COSINE, objective, steps);
    assertThat(table.rows()).hasSize(rows(name, steps));
    assertThat(table.history()).isLessThanOrEqualTo(Sampler.MOST_HISTORY);
    assertThat(table.rows())
        .isSortedAccordingTo((a, b) -> Double.compare(b.timestep(), a.timestep()));
  }

  private static int rows(String name, int steps) {
    return switch (name) {
      case "heun" -> 2 * steps - 1;
      case "pndm" -> steps == 1 ? 1 : steps + 1;
      case "pndm_prk" -> steps + 9;
      default -> steps;
    };
  }

  /**
   * For x₀ normal with spread 1/2 the best x₀ is linear in x, and an exact solver takes x from one
   * level to another by the ratio of x's spreads there.
   */
  @ParameterizedTest
  @CsvSource({
    "ddim, 20, 0.15",
    "dpmpp_2m, 20, 0.05",
    "heun, 20, 0.05",
    "unipc, 20, 0.05",
    "euler, 20, 0.15",
    "lms, 20, 0.05",
    "pndm, 20, 0.05",
    "pndm_prk, 20, 0.05",
    "ddim, 200, 0.016",
    "dpmpp_2m, 200, 0.0005",
    "heun, 200, 0.0014",
    "unipc, 200, 0.0007",
    "euler, 200, 0.016",
    "lms, 200, 0.0005",
    "pndm, 200, 0.0005",
    "pndm_prk, 200, 0.0005"
  })
  void table_gaussianData_nearTheExactSolution(String name, int steps, double bound) {
    double spread = 0.5;
    NoiseSchedule linear = NoiseSchedule.linear(1000);
    SamplerTable table = sampler(name).table(linear, Objective.X_START, steps);
    double[] state = new double[1 + table.history()];
    state[0] = table.startScale();
    for (Row row : table.rows()) {
      double alphaBar = linear.alphaBar((int) row.timestep());
      double seen = row.inputScale() * state[0];
      double x0 =
          Math.sqrt(alphaBar)
              * spread
              * spread
              / (alphaBar * spread * spread + 1 - alphaBar)
              * seen;
      state = next(row, state, x0, x0, 0);
    }
    double first = linear.alphaBar(999);
    double exact = spread / Math.sqrt(first * spread * spread + 1 - first);
    double scaled = table.startScale() == 1 ? 1 : table.startScale() * Math.sqrt(first);
    assertThat(Math.abs(state[0] / (exact * scaled) - 1)).isLessThan(bound);
  }

  @ParameterizedTest
  @ValueSource(ints = {25, 100, 1000})
  void ddpm_allTimesteps_minImagensPosterior(int timesteps) {
    Map<String, HostTensor> recorded = Fixture.tensors("diffusion");
    SamplerTable table =
        sampler("ddpm").table(NoiseSchedule.linear(timesteps), Objective.NOISE, timesteps);
    for (int i = 0; i < timesteps; i++) {
      int t = timesteps - 1 - i;
      Row row = table.rows().get(i);
      assertThat(row.timestep()).isEqualTo(t);
      double[] next = row.next()[0];
      close(next[0], recorded.get(timesteps + ".posterior_mean_coef2").data()[t]);
      close(next[1], recorded.get(timesteps + ".posterior_mean_coef1").data()[t]);
      assertThat(next[2]).isZero();
      close(next[3] * next[3], recorded.get(timesteps + ".posterior_variance").data()[t]);
    }
  }

  private static void close(double actual, float recorded) {
    assertThat(actual).isCloseTo(recorded, within(2e-6 * Math.abs(recorded) + 1e-9));
  }

  @Test
  void ddim_fullEta_isDdpm() {
    List<Row> ddim = sampler("ddim 1").table(COSINE, Objective.V, 20).rows();
    List<Row> ddpm = sampler("ddpm").table(COSINE, Objective.V, 20).rows();
    for (int i = 0; i < 20; i++) {
      for (int column = 0; column < 4; column++) {
        assertThat(ddim.get(i).next()[0][column])
            .isCloseTo(ddpm.get(i).next()[0][column], within(1e-9));
      }
    }
  }

  @Test
  void eulerAncestral_inUnitsOfTheSignal_isDdpm() {
    List<Row> euler = sampler("euler_ancestral").table(COSINE, Objective.V, 20).rows();
    List<Row> ddpm = sampler("ddpm").table(COSINE, Objective.V, 20).rows();
    for (int i = 0; i < 20; i++) {
      double signal = euler.get(i).inputScale();
      double nextSignal = i == 19 ? 1 : euler.get(i + 1).inputScale();
      double[] next = euler.get(i).next()[0];
      double[] expected = ddpm.get(i).next()[0];
      assertThat(next[0] * nextSignal / signal).isCloseTo(expected[0], within(1e-9));
      assertThat(next[1] * nextSignal).isCloseTo(expected[1], within(1e-9));
      assertThat(next[3] * nextSignal).isCloseTo(expected[3], within(1e-9));
    }
  }

  @Test
  void ddim_smallerEta_lessNoise() {
    Row half = sampler("ddim 0.5").table(COSINE, Objective.V, 20).rows().get(3);
    Row whole = sampler("ddim 1").table(COSINE, Objective.V, 20).rows().get(3);
    assertThat(half.next()[0][3]).isCloseTo(whole.next()[0][3] / 2, within(1e-12)).isPositive();
    assertThat(sampler("ddim").table(COSINE, Objective.V, 20).rows()).noneMatch(Row::noisy);
    assertThat(sampler("ddpm").table(COSINE, Objective.V, 20).rows().subList(0, 19))
        .allMatch(Row::noisy);
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3, 7, 333, 999, 1000})
  void timesteps_anyCount_distinctAndDescendingFromTheLast(int steps) {
    List<Double> timesteps = timesteps("ddpm", trailing(0), steps);
    assertThat(timesteps).hasSize(steps).startsWith(999.0);
    assertThat(IntStream.range(1, steps))
        .allMatch(i -> timesteps.get(i) < timesteps.get(i - 1) && timesteps.get(i) >= 0);
  }

  private static List<Double> timesteps(String sampler, SamplerOptions options, int steps) {
    return Sampler.of(sampler, options).table(COSINE, Objective.V, steps).rows().stream()
        .map(Row::timestep)
        .toList();
  }

  @ParameterizedTest
  @CsvSource({
    "ddim, trailing, 0, 999 749 499 249",
    "ddpm, leading, 0, 750 500 250 0",
    "ddpm, leading, 1, 751 501 251 1",
    "ddim, linspace, 0, 999 666 333 0",
    "unipc, trailing, 0, 999 749 499 249",
    "unipc, leading, 2, 802 602 402 202",
    "dpmpp_2m, linspace, 0, 999 749 500 250",
    "euler_ancestral, trailing, 7, 999 749 499 249",
    "euler_ancestral, linspace, 0, 999 666 333 0",
    "heun, leading, 0, 750 500 500 250 250 0 0"
  })
  void timesteps_four_asSpaced(String sampler, String spacing, int offset, String expected) {
    SamplerOptions options = SamplerOptions.of(0, Spacing.of(spacing), offset);
    assertThat(timesteps(sampler, options, 4))
        .isEqualTo(Stream.of(expected.split(" ", -1)).map(Double::valueOf).toList());
  }

  /** Half-way cases: our own ddim rounds up, as it always has. */
  @Test
  void timesteps_halfWay_upOrEvenAsDiffusers() {
    SamplerOptions alike = new SamplerOptions(0, Spacing.TRAILING, 0, LIKE_DIFFUSERS);
    assertThat(timesteps("ddim", trailing(0), 16)).contains(812.0);
    assertThat(timesteps("ddim", alike, 16)).contains(811.0);
    assertThat(timesteps("unipc", trailing(0), 16)).contains(811.0);
  }

  @Test
  void timesteps_linspaceOfEuler_betweenWholeTimesteps() {
    SamplerOptions linspace = SamplerOptions.of(0, Spacing.LINSPACE, 0);
    assertThat(timesteps("heun", linspace, 3)).containsExactly(999.0, 499.5, 499.5, 0.0, 0.0);
    assertThat(timesteps("ddpm", linspace, 3)).containsExactly(999.0, 500.0, 0.0);
  }

  @Test
  void table_offsetBeyondTheSchedule_refused() {
    SamplerOptions far = SamplerOptions.of(0, Spacing.LEADING, 250);
    assertThatThrownBy(() -> timesteps("ddim", far, 4))
        .hasMessage("steps_offset: 250 (expected: 0 to 249 for 4 steps)");
    assertThatThrownBy(() -> SamplerOptions.of(0, Spacing.LEADING, -1))
        .hasMessage("steps_offset: -1 (expected: >= 0)");
  }

  @ParameterizedTest
  @ValueSource(strings = {"dpmpp_2m", "unipc"})
  void table_noTimestepLeftForTheEnd_refused(String sampler) {
    SamplerOptions leading = SamplerOptions.of(0, Spacing.LEADING, 0);
    assertThat(timesteps(sampler, leading, 999)).startsWith(999.0).endsWith(1.0);
    assertThat(timesteps(sampler, trailing(0), 1000)).startsWith(999.0).endsWith(0.0);
    assertThatThrownBy(() -> timesteps(sampler, leading, 1000))
        .hasMessage("steps: 1000 (expected: 1 to 999)");
  }

  @ParameterizedTest
  @MethodSource("everyRun")
  void table_noSignalLeft_onlyDdpmDdimAndUnclipStartThere(
      String name, Objective objective, int steps) {
    NoiseSchedule gone =
        NoiseSchedule.ofAlphaBars(
            IntStream.range(0, 51)
                .mapToDouble(t -> 0.9 - t * 0.018)
                .map(a -> Math.abs(a) < 1e-9 ? 0 : a)
                .toArray());
    boolean fine = (name.startsWith("dd") || name.equals("unclip")) && objective != Objective.NOISE;
    if (fine) {
      assertThat(sampler(name).table(gone, objective, steps).rows()).hasSize(steps);
    } else {
      assertThatThrownBy(() -> sampler(name).table(gone, objective, steps))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("alphaBar: 0");
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {-1, 0, 1001})
  void table_stepsOutOfRange_refused(int steps) {
    assertThatThrownBy(() -> sampler("ddpm").table(COSINE, Objective.V, steps))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("steps: " + steps + " (expected: 1 to 1000)");
  }

  @ParameterizedTest
  @ValueSource(doubles = {-0.01, 1.01, Double.NaN})
  void of_etaOutOfRange_refused(double eta) {
    assertThatThrownBy(() -> Sampler.of("ddim", trailing(eta))).hasMessageContaining("eta: " + eta);
  }

  @Test
  void of_unknownName_refused() {
    assertThatThrownBy(() -> Sampler.of("plms", trailing(0)))
        .hasMessage(
            "sampler: plms (expected: one of ddim, ddpm, dpmpp_2m, euler, euler_ancestral, heun, lms,"
                + " pndm, pndm_prk, unclip, unipc)");
  }

  @Test
  void spacingOf_unknownName_refused() {
    assertThat(Stream.of(Spacing.values()).map(each -> Spacing.of(each.word())))
        .containsExactly(Spacing.values());
    assertThatThrownBy(() -> Spacing.of("karras"))
        .hasMessage("spacing: karras (expected: trailing, leading or linspace)");
  }

  @Test
  void toX0_noSignalLeft_onlyNoiseIsRefused() {
    assertThatThrownBy(() -> Objective.NOISE.toX0(0)).hasMessageContaining("alphaBar: 0");
    assertThat(Objective.X_START.toX0(0)).containsExactly(0, 1);
    assertThat(Objective.V.toX0(0)).containsExactly(0, -1);
  }

  @Test
  void within_history_whatNeedsNoMore() {
    assertThat(Sampler.within(0))
        .containsExactly("ddim", "ddpm", "euler", "euler_ancestral", "unclip");
    assertThat(Sampler.within(2)).hasSize(8).doesNotContain("lms", "pndm", "pndm_prk");
    assertThat(Sampler.within(Sampler.USUAL_HISTORY)).hasSize(10).doesNotContain("pndm_prk");
    assertThat(Sampler.within(Sampler.MOST_HISTORY)).isEqualTo(Sampler.NAMES);
    assertThat(Sampler.within(Sampler.MOST_HISTORY - 1)).isNotEqualTo(Sampler.NAMES);
  }
}
