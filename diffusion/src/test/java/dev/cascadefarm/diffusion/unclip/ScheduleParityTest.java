package dev.cascadefarm.diffusion.unclip;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.cascadefarm.diffusion.parity.Fixture;
import dev.cascadefarm.diffusion.schedule.NoiseSchedule;
import dev.cascadefarm.diffusion.stage.HostTensor;
import java.util.Map;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Our cosine schedule, in doubles, against mbn312/dalle2's, in floats. */
class ScheduleParityTest {
  private static final Map<String, HostTensor> RECORDED = Fixture.tensors("unclip-schedule");

  @ParameterizedTest
  @ValueSource(ints = {5, 50, 1000})
  void cosine_anyCount_itsNumbers(int timesteps) {
    NoiseSchedule schedule = NoiseSchedule.cosine(timesteps);
    for (int t = 0; t < timesteps; t++) {
      double alphaBar = schedule.alphaBar(t);
      double before = schedule.alphaBar(t - 1);
      double beta = 1 - alphaBar / before;
      assertThat(alphaBar).isCloseTo(recorded(timesteps, "alpha_bars", t), within(1e-5));
      // float leaves the ratio of two cosines near 0 only these digits
      assertThat(beta).isCloseTo(recorded(timesteps, "betas", t), within(2e-4 * beta + 1e-6));
      assertThat(beta * (1 - before) / (1 - alphaBar))
          .isCloseTo(recorded(timesteps, "sigma", t), within(2e-4 * beta + 1e-5));
    }
    assertThat(schedule.alphaBar(timesteps / 2))
        .isNotCloseTo(recorded(timesteps, "alpha_bars", timesteps / 2 + 1), within(1e-5));
  }

  private static double recorded(int timesteps, String name, int t) {
    return Recorded.of(RECORDED, timesteps + "." + name).data()[t];
  }
}
