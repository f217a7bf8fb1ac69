package dev.cascadefarm.diffusion.schedule;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.cascadefarm.diffusion.schedule.Betas.Curve;
import dev.cascadefarm.diffusion.schedule.Betas.Ending;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class BetasTest {
  private static final JsonMapper JSON =
      JsonMapper.builder()
          .propertyNamingStrategy(PropertyNamingStrategies.SNAKE_CASE)
          .enable(DeserializationFeature.FAIL_ON_MISSING_CREATOR_PROPERTIES)
          .build();

  /** In doubles or rounded, it is the same schedule but for a few parts in a hundred thousand. */
  @Test
  void noiseSchedule_sameCurveBothWays_nearlyTheSame() {
    NoiseSchedule linear = NoiseSchedule.of(Betas.linear(1e-4, 0.02), 1000);
    Betas squared = new Betas(Curve.COSINE, 0, 0, List.of(), Ending.AS_IS);
    NoiseSchedule cosine = NoiseSchedule.of(squared, 1000);
    for (int t = 0; t < 1000; t++) {
      near(linear.alphaBar(t), NoiseSchedule.linear(1000).alphaBar(t));
      near(cosine.alphaBar(t), NoiseSchedule.cosine(1000).alphaBar(t));
    }
    assertThat(linear.alphaBar(500)).isEqualTo((float) linear.alphaBar(500));
    assertThat(linear.beta(0)).isEqualTo(1e-4f);
  }

  private static void near(double actual, double expected) {
    assertThat(actual).isCloseTo(expected, within(3e-5 * expected));
  }

  @Test
  void beta_everySchedule_oneLessTheRatioOfAlphaBars() {
    for (NoiseSchedule schedule :
        List.of(
            NoiseSchedule.cosine(50),
            NoiseSchedule.ofAlphaBars(0.9, 0.5, 0.1, 0),
            NoiseSchedule.of(Betas.scaledLinear(0.1, 0.5), 7))) {
      for (int t = 0; t < schedule.timesteps(); t++) {
        double ratio = schedule.alphaBar(t) / schedule.alphaBar(t - 1);
        assertThat(schedule.beta(t)).isCloseTo(1 - ratio, within(1e-6));
      }
    }
  }

  @Test
  void ending_zero_firstAsBeforeAndNothingAtTheEnd() {
    Betas betas = Betas.scaledLinear(0.00085, 0.012);
    NoiseSchedule plain = NoiseSchedule.of(betas, 1000);
    NoiseSchedule zero = NoiseSchedule.of(betas.ending(Ending.ZERO), 1000);
    NoiseSchedule nearly = NoiseSchedule.of(betas.ending(Ending.NEARLY_ZERO), 1000);
    assertThat(zero.alphaBar(0)).isCloseTo(plain.alphaBar(0), within(1e-6));
    assertThat(zero.alphaBar(999)).isZero();
    assertThat(nearly.alphaBar(999)).isEqualTo(Math.pow(2, -24));
    assertThat(nearly.alphaBar(998)).isEqualTo(zero.alphaBar(998));
    assertThat(plain.alphaBar(999)).isGreaterThan(0.004);
  }

  @Test
  void given_every_asGiven() {
    List<Double> given = List.of(0.1, 0.25, 0.5);
    Betas betas = new Betas(Curve.GIVEN, 0, 0, given, Ending.AS_IS);
    assertThat(NoiseSchedule.of(betas, 3).alphaBar(2)).isCloseTo(0.3375, within(1e-7));
    assertThatThrownBy(() -> NoiseSchedule.of(betas, 4))
        .hasMessage("betas: 3 given (expected: 4, as timesteps)");
    assertThatThrownBy(() -> new Betas(Curve.GIVEN, 0, 0, List.of(), Ending.AS_IS))
        .hasMessageContaining("betas: 0 given");
    assertThatThrownBy(() -> new Betas(Curve.COSINE, 0, 0, given, Ending.AS_IS))
        .hasMessageContaining("betas: 3 given");
    assertThatThrownBy(() -> new Betas(Curve.GIVEN, 0, 0, List.of(1.0), Ending.AS_IS))
        .hasMessageContaining("beta: 1.0");
  }

  @ParameterizedTest
  @CsvSource({"0, 0.1", "0.2, 0.1", "0.1, 1", "NaN, 0.1"})
  void linear_notARisingRange_refused(double first, double last) {
    assertThatThrownBy(() -> Betas.linear(first, last)).hasMessageContaining("beta: " + first);
    assertThatThrownBy(() -> NoiseSchedule.of(Betas.linear(0.1, 0.2), 1))
        .hasMessage("timesteps: 1 (expected: >= 2)");
  }

  @Test
  void json_nameOrBetas_thereAndBack() throws JsonProcessingException {
    ScheduleSettings named = JSON.readValue("\"cosine\"", ScheduleSettings.class);
    assertThat(named).isEqualTo(ScheduleSettings.of("cosine"));
    assertThat(JSON.writeValueAsString(named)).isEqualTo("\"cosine\"");
    assertThat(named.noiseSchedule(10).alphaBar(3)).isEqualTo(NoiseSchedule.cosine(10).alphaBar(3));

    Betas betas = Betas.scaledLinear(0.00085, 0.012).ending(Ending.ZERO);
    String written = JSON.writeValueAsString(ScheduleSettings.of(betas));
    assertThat(written)
        .isEqualTo(
            "{\"curve\":\"scaled_linear\",\"first\":8.5E-4,\"last\":0.012,\"given\":[],"
                + "\"ending\":\"zero\"}");
    assertThat(JSON.readValue(written, ScheduleSettings.class))
        .isEqualTo(ScheduleSettings.of(betas));
  }

  @ParameterizedTest
  @ValueSource(strings = {"{}", "{\"curve\": \"linear\"}", "7", "[]", "{\"curve\": \"steep\"}"})
  void json_neither_refused(String json) {
    assertThatThrownBy(() -> JSON.readValue(json, ScheduleSettings.class))
        .isInstanceOf(JsonProcessingException.class);
  }
}
