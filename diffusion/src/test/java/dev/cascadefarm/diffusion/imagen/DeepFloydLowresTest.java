package dev.cascadefarm.diffusion.imagen;

import static org.assertj.core.api.Assertions.assertThat;

import dev.cascadefarm.diffusion.parity.Fixture;
import dev.cascadefarm.diffusion.schedule.Betas;
import dev.cascadefarm.diffusion.schedule.Betas.Curve;
import dev.cascadefarm.diffusion.schedule.Betas.Ending;
import dev.cascadefarm.diffusion.schedule.NoiseSchedule;
import dev.cascadefarm.diffusion.schedule.ScheduleSettings;
import dev.cascadefarm.diffusion.stage.HostTensor;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The small picture as DeepFloyd IF's second stage is given it. */
class DeepFloydLowresTest {
  private static final double TOLERANCE = 2e-6;
  private static final int TIMESTEPS = 1000;

  /** Of the picture to draw: another one, which must not be taken. */
  private static final NoiseSchedule OWN = NoiseSchedule.linear(TIMESTEPS);

  @ParameterizedTest
  @CsvSource({"5, 13", "8, 8", "1, 4", "16, 21"})
  void prepare_recordedPicture_asThePipelinePreparesIt(int small, int side) {
    String name = "lowres-%d-%d.".formatted(small, side);
    Map<String, HostTensor> recorded = Fixture.under(name, Fixture.tensors("if-parts"));
    LowresPicture lowres =
        LowresPicture.deepFloyd(
            ScheduleSettings.of(new Betas(Curve.COSINE, 0, 0, List.of(), Ending.AS_IS)), TIMESTEPS);

    assertThat(difference(lowres, side, recorded)).isLessThan(TOLERANCE);

    assertThat(difference(LowresPicture.AS_TRAINED, side, recorded)).isGreaterThan(0.01);
    Map<String, HostTensor> changed = Fixture.doctored(recorded, "picture", 0.01);
    assertThat(difference(lowres, side, changed)).isGreaterThan(10 * TOLERANCE);
  }

  private static double difference(
      LowresPicture lowres, int side, Map<String, HostTensor> recorded) {
    NoiseSchedule schedule = lowres.schedule(OWN);
    float[] prepared =
        lowres.prepare(
            recorded.get("picture"),
            side,
            schedule,
            schedule.timestepOf(0.25),
            recorded.get("noise").data());
    return Fixture.difference(prepared, recorded.get("out").data());
  }
}
