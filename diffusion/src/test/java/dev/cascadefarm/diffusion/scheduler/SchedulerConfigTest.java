package dev.cascadefarm.diffusion.scheduler;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.cascadefarm.diffusion.sampler.Objective;
import dev.cascadefarm.diffusion.sampler.SamplerHabits;
import dev.cascadefarm.diffusion.sampler.SamplerHabits.Variance;
import dev.cascadefarm.diffusion.sampler.Spacing;
import dev.cascadefarm.diffusion.sampler.Steps;
import dev.cascadefarm.diffusion.schedule.Betas;
import dev.cascadefarm.diffusion.schedule.ScheduleSettings;
import dev.cascadefarm.diffusion.scheduler.Thresholding.Kind;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class SchedulerConfigTest {
  private static SchedulerConfig of(String scheduler, String rest) {
    String class_ = "\"_class_name\": \"" + scheduler + "Scheduler\"";
    return SchedulerConfig.parse(
        "{" + class_ + (rest.isEmpty() ? "" : ", " + rest.replace('\'', '"')) + "}", "file");
  }

  /** As Stable Diffusion 1.x has it, with a key that PNDM does not read. */
  @Test
  void parse_stableDiffusion_asWritten() {
    SchedulerConfig config =
        of(
            "PNDM",
            "'_diffusers_version': '0.6.0', 'beta_end': 0.012, 'beta_schedule': 'scaled_linear',"
                + " 'beta_start': 0.00085, 'num_train_timesteps': 1000, 'set_alpha_to_one': false,"
                + " 'skip_prk_steps': true, 'steps_offset': 1, 'trained_betas': null,"
                + " 'clip_sample': false");
    assertThat(config.sampler()).isEqualTo("pndm");
    assertThat(config.schedule())
        .isEqualTo(ScheduleSettings.of(Betas.scaledLinear(0.00085, 0.012)));
    assertThat(config.timesteps()).isEqualTo(1000);
    assertThat(config.objective()).isEqualTo(Objective.NOISE);
    assertThat(config.options().spacing()).isEqualTo(Spacing.LEADING);
    assertThat(config.options().stepsOffset()).isEqualTo(1);
    assertThat(config.options().habits().endsClean()).isFalse();
    assertThat(config.thresholding()).isEqualTo(Thresholding.NONE);
    assertThat(config.ignored()).containsExactly("clip_sample");
    assertThat(config.history()).isEqualTo(3);
    assertThat(config.table(Steps.all(50)).rows()).hasSize(51);
  }

  /** As the first stage of DeepFloyd IF has it. */
  @Test
  void parse_learnedRange_learnsVarianceAndThresholds() {
    SchedulerConfig config =
        of(
            "DDPM",
            "'beta_schedule': 'squaredcos_cap_v2', 'clip_sample': true, 'clip_sample_range': 1.0,"
                + " 'dynamic_thresholding_ratio': 0.95, 'prediction_type': 'epsilon',"
                + " 'sample_max_value': 1.5, 'thresholding': true,"
                + " 'variance_type': 'learned_range'");
    assertThat(config.learnsVariance()).isTrue();
    assertThat(config.thresholding()).isEqualTo(new Thresholding(Kind.DYNAMIC, 0.95, 1.5));
    assertThat(config.table(Steps.all(100)).rows().get(50).learned().slope()).isPositive();
    assertThat(config.table(Steps.all(100)).rows().get(99).noisy()).isFalse();
  }

  @Test
  void parse_nothingButTheClass_diffusersDefaults() {
    assertThat(of("PNDM", "").sampler()).isEqualTo("pndm_prk");
    assertThat(of("DDIM", "").thresholding()).isEqualTo(new Thresholding(Kind.STATIC, 1, 1));
    assertThat(of("LMSDiscrete", "").options().spacing()).isEqualTo(Spacing.LINSPACE);
    assertThat(of("HeunDiscrete", "").schedule())
        .isEqualTo(ScheduleSettings.of(Betas.linear(0.00085, 0.012)));
    assertThat(of("EulerDiscrete", "").schedule())
        .isEqualTo(ScheduleSettings.of(Betas.linear(0.0001, 0.02)));
    assertThat(of("UnCLIP", "").options().habits().variance()).isEqualTo(Variance.SMALL);
    assertThat(of("DPMSolverMultistep", "").options().habits().solver())
        .isEqualTo(SamplerHabits.Multistep.USUAL);
    assertThat(of("UniPCMultistep", "").sampler()).isEqualTo("unipc");
    assertThat(of("EulerAncestralDiscrete", "").sampler()).isEqualTo("euler_ancestral");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "PNDM | 'prediction_type': 'sample' | prediction_type: sample (expected: epsilon or v_prediction)",
        "PNDM | 'steps_ofset': 1 | steps_ofset",
        "DDIM | 'beta_schedule': 'sigmoid' | beta_schedule: sigmoid",
        "DDIM | 'sample_max_value': 0.5 | sample_max_value: 0.5",
        "DDIM | 'clip_sample': 'yes' | clip_sample: \"yes\" (expected: true or false)",
        "DDIM | 'steps_offset': -1 | steps_offset: -1",
        "DDIM | 'num_train_timesteps': 1.5 | num_train_timesteps: 1.5",
        "DDIM | 'rescale_betas_zero_snr': true | rescale_betas_zero_snr: true",
        "DDIM | 'trained_betas': [0.1, 0.2] | trained_betas",
        "DDIM | 'trained_betas': [0.1, 2], 'num_train_timesteps': 2 | trained_betas",
        "DDIM | 'beta_start': 0.5 | beta_start",
        "DDPM | 'variance_type': 'learned' | variance_type: learned",
        "DDPM | 'variance_type': 'fixed_large_log' | variance_type: fixed_large_log",
        "LMSDiscrete | 'use_karras_sigmas': true | use_karras_sigmas: true",
        "EulerDiscrete | 'interpolation_type': 'log_linear' | interpolation_type",
        "EulerDiscrete | 'timestep_type': 'continuous' | timestep_type",
        "EulerDiscrete | 'sigma_max': 80.0 | sigma_max: 80.0",
        "EulerDiscrete | 'use_beta_sigmas': true | use_beta_sigmas: true",
        "EulerAncestralDiscrete | 'prediction_type': 'sample' | prediction_type: sample",
        "DPMSolverMultistep | 'algorithm_type': 'sde-dpmsolver++' | algorithm_type",
        "DPMSolverMultistep | 'solver_order': 3 | solver_order: 3",
        "DPMSolverMultistep | 'lambda_min_clipped': -5.1 | lambda_min_clipped: -5.1",
        "DPMSolverMultistep | 'use_lu_lambdas': true | use_lu_lambdas: true",
        "DPMSolverMultistep | 'final_sigmas_type': 'one' | final_sigmas_type: one",
        "DPMSolverMultistep | 'prediction_type': 'flow_prediction' | prediction_type",
        "UniPCMultistep | 'solver_type': 'bh1' | solver_type",
        "UniPCMultistep | 'disable_corrector': [0] | disable_corrector",
        "UniPCMultistep | 'predict_x0': false | predict_x0: false",
        "UnCLIP | 'prediction_type': 'v_prediction' | prediction_type",
        "UnCLIP | 'beta_schedule': 'linear' | beta_schedule",
        "FlowMatchEulerDiscrete | 'shift': 3.0 | _class_name: FlowMatchEulerDiscreteScheduler"
      })
  void parse_whatIsNotImplemented_refusedByName(String scheduler, String rest, String named) {
    assertThatThrownBy(() -> of(scheduler, rest))
        .isInstanceOf(SchedulerConfigException.class)
        .hasMessageStartingWith("file: " + named)
        .hasMessageContaining("(expected: ");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "'lambda_min_clipped': -Infinity",
        "'use_karras_sigmas': false",
        "'use_karras_sigmas': null",
        "'flow_shift': 3.0",
        "'skip_prk_steps': true",
        "'_anything': [1]"
      })
  void parse_whatChangesNothing_taken(String rest) {
    SchedulerConfig plain = of("DPMSolverMultistep", "");
    assertThat(of("DPMSolverMultistep", rest).options()).isEqualTo(plain.options());
  }

  @Test
  void parse_valuesMarkedAsDefaults_notRead() {
    SchedulerConfig config =
        of("EulerDiscrete", "'_use_default_values': ['beta_end'], 'beta_end': 0.9");
    assertThat(config.schedule()).isEqualTo(ScheduleSettings.of(Betas.linear(0.0001, 0.02)));
  }

  /** With a little signal left, ε can be told; with none it cannot. */
  @Test
  void parse_zeroTerminalSnr_byWhatTheSamplerCanBear() {
    String rest = "'rescale_betas_zero_snr': true, 'prediction_type': '%s'";
    assertThat(of("DDIM", rest.formatted("v_prediction")).noiseSchedule().alphaBar(999)).isZero();
    assertThat(of("EulerDiscrete", rest.formatted("epsilon")).noiseSchedule().alphaBar(999))
        .isEqualTo(Math.pow(2, -24));
    assertThatThrownBy(() -> of("DDPM", rest.formatted("epsilon")))
        .hasMessageContaining("false where prediction_type is epsilon");
  }

  @Test
  void read_badFiles_refusedByName(@TempDir Path folder) throws IOException {
    Path file = folder.resolve("scheduler_config.json");
    assertThatThrownBy(() -> SchedulerConfig.read(file))
        .isInstanceOf(SchedulerConfigException.class)
        .hasMessageContaining("scheduler_config.json: cannot be read");
    for (String content : List.of("", "[]", "{", "{\"a\": 1, \"a\": 2}", "{} {}")) {
      Files.writeString(file, content);
      assertThatThrownBy(() -> SchedulerConfig.read(file))
          .as(content)
          .isInstanceOf(SchedulerConfigException.class)
          .hasMessageContaining("scheduler_config.json: ");
    }
    Files.writeString(file, "{\"_class_name\": \"DDIMScheduler\"}");
    assertThat(SchedulerConfig.read(file).sampler()).isEqualTo("ddim");
  }
}
