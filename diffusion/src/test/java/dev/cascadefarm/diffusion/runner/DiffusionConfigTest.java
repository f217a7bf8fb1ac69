package dev.cascadefarm.diffusion.runner;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.cascadefarm.diffusion.imagen.LowresPicture;
import dev.cascadefarm.diffusion.sampler.Objective;
import dev.cascadefarm.diffusion.sampler.Rows;
import dev.cascadefarm.diffusion.sampler.SamplerHabits;
import dev.cascadefarm.diffusion.sampler.SamplerHabits.Correction;
import dev.cascadefarm.diffusion.sampler.SamplerHabits.FinalSigma;
import dev.cascadefarm.diffusion.sampler.SamplerHabits.Multistep;
import dev.cascadefarm.diffusion.sampler.SamplerHabits.Variance;
import dev.cascadefarm.diffusion.schedule.Betas;
import dev.cascadefarm.diffusion.schedule.Betas.Ending;
import dev.cascadefarm.diffusion.schedule.NoiseSchedule;
import dev.cascadefarm.diffusion.schedule.ScheduleSettings;
import org.junit.jupiter.api.Test;

class DiffusionConfigTest {
  private static final JsonMapper JSON =
      JsonMapper.builder().propertyNamingStrategy(PropertyNamingStrategies.SNAKE_CASE).build();

  /** As bundles have it from before there was more to say. */
  @Test
  void read_scheduleByName_ownHabits() throws JsonProcessingException {
    String old =
        "{\"schedule\": \"cosine\", \"timesteps\": 1000, \"objective\": \"v\", \"history\": 2}";
    DiffusionConfig config = read(old);
    assertThat(config).isEqualTo(new DiffusionConfig("cosine", 1000, Objective.V, 2));
    assertThat(config.habits()).isEqualTo(SamplerHabits.OWN);
    assertThat(config.noiseSchedule().alphaBar(500))
        .isEqualTo(NoiseSchedule.cosine(1000).alphaBar(500));
    assertThat(read(JSON.writeValueAsString(config))).isEqualTo(config);
    assertThat(JSON.valueToTree(config).get("schedule").asText()).isEqualTo("cosine");
  }

  @Test
  void read_shareOfARun_thereAndBack() throws JsonProcessingException {
    DiffusionConfig config =
        new DiffusionConfig("cosine", 1000, Objective.V, 2, LowresPicture.KARLO)
            .with(Rows.BUT_LAST);

    assertThat(read(JSON.writeValueAsString(config))).isEqualTo(config);
    assertThat(JSON.valueToTree(config).get("rows").asText()).isEqualTo("but_last");
    assertThat(config.lowresTime(0)).isEqualTo(-1);
    assertThat(new DiffusionConfig("cosine", 1000, Objective.V, 2).lowresTime(0.25)).isEqualTo(250);
  }

  @Test
  void read_betasAndHabits_thereAndBack() throws JsonProcessingException {
    DiffusionConfig config =
        new DiffusionConfig(
            ScheduleSettings.of(Betas.scaledLinear(0.00085, 0.012).ending(Ending.ZERO)),
            1000,
            Objective.V,
            3,
            LowresPicture.AS_TRAINED,
            new SamplerHabits(
                true,
                false,
                FinalSigma.SMALLEST,
                Variance.LEARNED_RANGE,
                new Multistep(1, Correction.HEUN, false, true)));
    assertThat(read(JSON.writeValueAsString(config))).isEqualTo(config);
    assertThat(config.noiseSchedule().alphaBar(999)).isZero();
  }

  @Test
  void read_unknownWord_refused() {
    String odd =
        "{\"schedule\": {\"curve\": \"steep\", \"first\": 0, \"last\": 0, \"given\": [],"
            + " \"ending\": \"as_is\"}, \"timesteps\": 10, \"objective\": \"v\", \"history\": 2}";
    assertThatThrownBy(() -> read(odd))
        .isInstanceOf(JsonProcessingException.class)
        .hasMessageContaining("steep");
  }

  private static DiffusionConfig read(String json) throws JsonProcessingException {
    return JSON.readValue(json, DiffusionConfig.class);
  }
}
