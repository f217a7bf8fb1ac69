package dev.cascadefarm.diffusion.scheduler;

import dev.cascadefarm.diffusion.sampler.Objective;
import dev.cascadefarm.diffusion.sampler.SamplerHabits;
import dev.cascadefarm.diffusion.sampler.SamplerHabits.Correction;
import dev.cascadefarm.diffusion.sampler.SamplerHabits.FinalSigma;
import dev.cascadefarm.diffusion.sampler.SamplerHabits.Multistep;
import dev.cascadefarm.diffusion.sampler.SamplerHabits.Variance;
import dev.cascadefarm.diffusion.sampler.SamplerOptions;
import dev.cascadefarm.diffusion.sampler.Spacing;
import dev.cascadefarm.diffusion.schedule.Betas;
import dev.cascadefarm.diffusion.schedule.Betas.Curve;
import dev.cascadefarm.diffusion.schedule.Betas.Ending;
import dev.cascadefarm.diffusion.schedule.ScheduleSettings;
import dev.cascadefarm.diffusion.scheduler.SchedulerKeys.Choice;
import dev.cascadefarm.diffusion.scheduler.Thresholding.Kind;
import java.util.List;

/**
 * What each class of scheduler reads and what it does where a key is absent, as in diffusers
 * 0.42.1.
 */
final class SchedulerReader {
  private static final int MOST_TIMESTEPS = 1_000_000;
  private static final double MOST_RANGE = 1e6;

  private static final Choice<Objective> NOISE_OR_V =
      Choice.of("epsilon", Objective.NOISE).or("v_prediction", Objective.V);
  private static final Choice<Objective> ANY =
      Choice.of("epsilon", Objective.NOISE)
          .or("sample", Objective.X_START)
          .or("v_prediction", Objective.V);
  private static final Choice<Objective> NOISE_OR_X_START =
      Choice.of("epsilon", Objective.NOISE).or("sample", Objective.X_START);
  private static final Choice<Spacing> SPACINGS =
      Choice.of("leading", Spacing.LEADING)
          .or("linspace", Spacing.LINSPACE)
          .or("trailing", Spacing.TRAILING);
  private static final Choice<Curve> CURVES =
      Choice.of("linear", Curve.LINEAR)
          .or("scaled_linear", Curve.SCALED_LINEAR)
          .or("squaredcos_cap_v2", Curve.COSINE);

  private final SchedulerKeys keys;

  SchedulerReader(SchedulerKeys keys) {
    this.keys = keys;
  }

  SchedulerConfig read() {
    return switch (keys.className()) {
      case "PNDMScheduler" -> pndm();
      case "LMSDiscreteScheduler" -> lms();
      case "DDIMScheduler" -> ddim();
      case "DDPMScheduler" -> ddpm();
      case "EulerDiscreteScheduler" -> euler();
      case "EulerAncestralDiscreteScheduler" -> eulerAncestral();
      case "DPMSolverMultistepScheduler" -> dpmSolver();
      case "HeunDiscreteScheduler" -> heun();
      case "UniPCMultistepScheduler" -> uniPc();
      case "UnCLIPScheduler" -> unClip();
      default ->
          throw keys.refused(
              "_class_name",
              keys.className(),
              "PNDM, LMSDiscrete, DDIM, DDPM, EulerDiscrete, EulerAncestralDiscrete,"
                  + " DPMSolverMultistep, HeunDiscrete, UniPCMultistep or UnCLIP, then Scheduler");
    };
  }

  private SchedulerConfig pndm() {
    Part part = part(NOISE_OR_V, "leading", betas());
    String sampler = keys.flag("skip_prk_steps", false) ? "pndm" : "pndm_prk";
    return config(sampler, part, habits(keys.flag("set_alpha_to_one", false)), Thresholding.NONE);
  }

  private SchedulerConfig lms() {
    keys.off("use_karras_sigmas", "use_exponential_sigmas", "use_beta_sigmas");
    return config("lms", part(ANY, "linspace", betas()), habits(true), Thresholding.NONE);
  }

  private SchedulerConfig ddim() {
    Part part = part(ANY, "leading", rescaled(betas(), Ending.ZERO));
    return config(
        "ddim", part, habits(keys.flag("set_alpha_to_one", true)), thresholdingOrClip(true));
  }

  private SchedulerConfig ddpm() {
    Variance variance =
        keys.choice(
            "variance_type",
            "fixed_small",
            Choice.of("fixed_small", Variance.SMALL)
                .or("fixed_small_log", Variance.SMALL)
                .or("fixed_large", Variance.LARGE)
                .or("learned_range", Variance.LEARNED_RANGE));
    Part part = part(ANY, "leading", rescaled(betas(), Ending.ZERO));
    return config("ddpm", part, habits(variance), thresholdingOrClip(true));
  }

  private SchedulerConfig euler() {
    keys.off("use_karras_sigmas", "use_exponential_sigmas", "use_beta_sigmas");
    keys.none("sigma_min", "sigma_max");
    keys.only("interpolation_type", "linear");
    keys.only("timestep_type", "discrete");
    Part part = part(ANY, "linspace", rescaled(betas(), Ending.NEARLY_ZERO));
    return config("euler", part, habits(finalSigma(), Multistep.USUAL), Thresholding.NONE);
  }

  private SchedulerConfig eulerAncestral() {
    Part part = part(NOISE_OR_V, "linspace", rescaled(betas(), Ending.NEARLY_ZERO));
    return config("euler_ancestral", part, habits(true), Thresholding.NONE);
  }

  private SchedulerConfig dpmSolver() {
    keys.only("algorithm_type", "dpmsolver++");
    keys.off("use_karras_sigmas", "use_exponential_sigmas", "use_beta_sigmas");
    keys.off("use_lu_lambdas", "use_flow_sigmas", "use_dynamic_shifting");
    keys.only("lambda_min_clipped", "-Infinity");
    keys.idle("flow_shift", "time_shift_type");
    Multistep solver =
        new Multistep(
            keys.integer("solver_order", 2, 1, 2),
            keys.choice(
                "solver_type",
                "midpoint",
                Choice.of("midpoint", Correction.MIDPOINT).or("heun", Correction.HEUN)),
            keys.flag("lower_order_final", true),
            keys.flag("euler_at_final", false));
    Variance variance =
        keys.choice(
            "variance_type",
            "null",
            Choice.of("null", Variance.SMALL).or("learned_range", Variance.LEARNED_RANGE));
    Part part = part(ANY, "linspace", rescaled(betas(), Ending.NEARLY_ZERO));
    SamplerHabits habits = new SamplerHabits(true, true, finalSigma(), variance, solver);
    return config("dpmpp_2m", part, habits, thresholding());
  }

  private SchedulerConfig heun() {
    keys.off("use_karras_sigmas", "use_exponential_sigmas", "use_beta_sigmas");
    Part part = part(ANY, "linspace", betas(0.00085, 0.012));
    return config("heun", part, habits(true), clip(false));
  }

  private SchedulerConfig uniPc() {
    keys.integer("solver_order", 2, 2, 2);
    keys.only("solver_type", "bh2");
    keys.on("predict_x0", "lower_order_final");
    keys.none("disable_corrector", "solver_p", "sigma_min", "sigma_max", "shift_terminal");
    keys.off("use_karras_sigmas", "use_exponential_sigmas", "use_beta_sigmas");
    keys.off("use_flow_sigmas", "use_dynamic_shifting");
    keys.idle("flow_shift", "time_shift_type");
    Part part = part(ANY, "linspace", rescaled(betas(), Ending.NEARLY_ZERO));
    return config("unipc", part, habits(finalSigma(), Multistep.USUAL), thresholding());
  }

  private SchedulerConfig unClip() {
    keys.only("beta_schedule", "squaredcos_cap_v2");
    Variance variance =
        keys.choice(
            "variance_type",
            "fixed_small_log",
            Choice.of("fixed_small_log", Variance.SMALL)
                .or("learned_range", Variance.LEARNED_RANGE));
    Part part =
        new Part(
            new Betas(Curve.COSINE, 0, 0, List.of(), Ending.AS_IS),
            timesteps(),
            keys.choice("prediction_type", "epsilon", NOISE_OR_X_START),
            Spacing.LINSPACE,
            0);
    return config("unclip", part, habits(variance), clip(true));
  }

  /** What nearly all have. */
  private record Part(
      Betas betas, int timesteps, Objective objective, Spacing spacing, int stepsOffset) {}

  private Part part(Choice<Objective> objectives, String spacing, Betas betas) {
    Part part =
        new Part(
            betas,
            timesteps(),
            keys.choice("prediction_type", "epsilon", objectives),
            keys.choice("timestep_spacing", spacing, SPACINGS),
            keys.integer("steps_offset", 0, 0, MOST_TIMESTEPS));
    if (betas.ending() == Ending.ZERO && part.objective() == Objective.NOISE) {
      throw keys.refused(
          "rescale_betas_zero_snr",
          "true",
          "false where prediction_type is epsilon: no signal is left to tell the noise from");
    }
    if (!betas.given().isEmpty() && betas.given().size() != part.timesteps()) {
      throw keys.refused(
          "trained_betas",
          betas.given().size() + " of them",
          part.timesteps() + ", as num_train_timesteps");
    }
    return part;
  }

  private int timesteps() {
    return keys.integer("num_train_timesteps", 1000, 2, MOST_TIMESTEPS);
  }

  private Betas betas() {
    return betas(0.0001, 0.02);
  }

  private Betas betas(double start, double end) {
    double first = keys.number("beta_start", start, 0, 1);
    double last = keys.number("beta_end", end, 0, 1);
    Curve curve = keys.choice("beta_schedule", "linear", CURVES);
    List<Double> given = keys.numbers("trained_betas");
    try {
      return new Betas(given.isEmpty() ? curve : Curve.GIVEN, first, last, given, Ending.AS_IS);
    } catch (IllegalArgumentException e) {
      throw keys.refused(
          given.isEmpty() ? "beta_start" : "trained_betas", e.getMessage(), "a rising schedule");
    }
  }

  private Betas rescaled(Betas betas, Ending ending) {
    return keys.flag("rescale_betas_zero_snr", false) ? betas.ending(ending) : betas;
  }

  private FinalSigma finalSigma() {
    return keys.choice(
        "final_sigmas_type",
        "zero",
        Choice.of("zero", FinalSigma.ZERO).or("sigma_min", FinalSigma.SMALLEST));
  }

  private Thresholding thresholdingOrClip(boolean clips) {
    Thresholding clip = clip(clips);
    Thresholding dynamic = thresholding();
    return dynamic.kind() == Kind.DYNAMIC ? dynamic : clip;
  }

  private Thresholding clip(boolean otherwise) {
    double range = keys.number("clip_sample_range", 1, Double.MIN_NORMAL, MOST_RANGE);
    return keys.flag("clip_sample", otherwise)
        ? new Thresholding(Kind.STATIC, 1, range)
        : Thresholding.NONE;
  }

  private Thresholding thresholding() {
    double percentile = keys.number("dynamic_thresholding_ratio", 0.995, 0, 1);
    double limit = keys.number("sample_max_value", 1, 1, MOST_RANGE);
    return keys.flag("thresholding", false)
        ? new Thresholding(Kind.DYNAMIC, percentile, limit)
        : Thresholding.NONE;
  }

  private static SamplerHabits habits(boolean endsClean) {
    return new SamplerHabits(true, endsClean, FinalSigma.ZERO, Variance.SMALL, Multistep.USUAL);
  }

  private static SamplerHabits habits(Variance variance) {
    return new SamplerHabits(true, true, FinalSigma.ZERO, variance, Multistep.USUAL);
  }

  private static SamplerHabits habits(FinalSigma last, Multistep solver) {
    return new SamplerHabits(true, true, last, Variance.SMALL, solver);
  }

  private SchedulerConfig config(
      String sampler, Part part, SamplerHabits habits, Thresholding thresholding) {
    return new SchedulerConfig(
        keys.className(),
        sampler,
        ScheduleSettings.of(part.betas()),
        part.timesteps(),
        part.objective(),
        new SamplerOptions(0, part.spacing(), part.stepsOffset(), habits),
        thresholding,
        keys.ignored());
  }
}
