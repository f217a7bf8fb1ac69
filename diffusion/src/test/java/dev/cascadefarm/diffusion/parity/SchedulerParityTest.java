package dev.cascadefarm.diffusion.parity;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.core.json.JsonReadFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.cascadefarm.diffusion.sampler.Steps;
import dev.cascadefarm.diffusion.scheduler.SchedulerConfig;
import dev.cascadefarm.diffusion.stage.HostTensor;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Tables of diffusers' configuration files against its schedulers, row by row from the recorded x.
 */
class SchedulerParityTest {
  /** Of the largest number a step is made of. */
  private static final double TOLERANCE = 2e-6;

  private static final double LOOSE_TOLERANCE = 1e-5;

  private static final JsonMapper JSON =
      JsonMapper.builder().enable(JsonReadFeature.ALLOW_NON_NUMERIC_NUMBERS).build();

  private static final Map<String, HostTensor> RECORDED = Fixture.tensors("schedulers");

  /** A configuration and the names of the runs recorded with it. */
  record Case(String name, String config, List<String> runs) {
    SchedulerConfig read() {
      return SchedulerConfig.parse(config, name);
    }

    double tolerance() {
      return name.startsWith("lms") || name.startsWith("dpmpp") ? LOOSE_TOLERANCE : TOLERANCE;
    }

    ScheduledRun run(String run) {
      return new ScheduledRun(read(), steps(run), RECORDED.get(run), !fromPicture(run));
    }

    private boolean fromPicture(String run) {
      return run.substring(name.length() + 1).contains("/");
    }

    private Steps steps(String run) {
      String[] parts = run.substring(name.length() + 1).split("/", -1);
      int count = Integer.parseInt(parts[0]);
      return parts.length == 1 ? Steps.all(count) : Steps.of(count, Double.parseDouble(parts[1]));
    }

    @Override
    public String toString() {
      return name;
    }
  }

  static Stream<Case> cases() {
    try {
      List<Case> cases = new ArrayList<>();
      for (JsonNode each : JSON.readTree(Fixture.bytes("schedulers.json"))) {
        List<String> runs = new ArrayList<>();
        each.get("runs").forEach(run -> runs.add(run.asText()));
        cases.add(new Case(each.get("name").asText(), each.get("config").toString(), runs));
      }
      return cases.stream();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @ParameterizedTest
  @MethodSource("cases")
  void table_diffusersModelOutputs_diffusersSteps(Case configured) {
    assertThat(configured.runs()).isNotEmpty();
    for (String name : configured.runs()) {
      ScheduledRun run = configured.run(name);
      assertThat(run.timesteps()).as(name).isEqualTo(run.recordedTimesteps());
      assertThat(run.startDifference()).as(name).isLessThan(TOLERANCE);
      assertThat(run.difference()).as(name).isLessThan(configured.tolerance());
    }
  }

  @ParameterizedTest
  @MethodSource("cases")
  void table_doctored_noticed(Case configured) {
    for (String name : configured.runs()) {
      ScheduledRun run = configured.run(name);
      double allowed = configured.tolerance();
      assertThat(run.doctored(run.calls() / 2).difference()).as(name).isGreaterThan(5 * allowed);
      assertThat(run.later().recordedTimesteps()).as(name).isNotEqualTo(run.timesteps());
    }
  }

  @Test
  void cases_all_everyRunOfTheFixture() {
    List<String> runs = cases().flatMap(each -> each.runs().stream()).toList();
    assertThat(RECORDED.keySet().stream().filter(name -> !name.startsWith("alpha_bar/")))
        .containsExactlyInAnyOrderElementsOf(runs);
    assertThat(runs).hasSizeGreaterThan(600);
  }

  /**
   * To the last bit: β and ᾱ are rounded as diffusers rounds them. But for the roots that a zero
   * signal at the end is made with, which PyTorch does not round to the nearest.
   */
  @Test
  void noiseSchedule_diffusersConfig_diffusersAlphaBars() {
    Map<String, HostTensor> schedules = new TreeMap<>(Fixture.under("alpha_bar/", RECORDED));
    assertThat(schedules).hasSizeGreaterThan(8);
    cases()
        .filter(each -> schedules.containsKey(each.name()))
        .forEach(
            each -> {
              HostTensor recorded = schedules.remove(each.name());
              float[] ours = new float[recorded.data().length];
              for (int t = 0; t < ours.length; t++) {
                ours[t] = (float) each.read().noiseSchedule().alphaBar(t);
              }
              if (each.name().endsWith("/zero")) {
                assertThat(ours).as(each.name()).containsExactly(recorded.data(), within(2e-6f));
                assertThat(ours[ours.length - 1]).isEqualTo(recorded.data()[ours.length - 1]);
              } else {
                assertThat(ours).as(each.name()).isEqualTo(recorded.data());
              }
            });
    assertThat(schedules).isEmpty();
  }
}
