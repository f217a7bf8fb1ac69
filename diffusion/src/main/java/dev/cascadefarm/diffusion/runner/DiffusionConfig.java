package dev.cascadefarm.diffusion.runner;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.databind.annotation.JsonDeserialize;
import com.fasterxml.jackson.databind.annotation.JsonPOJOBuilder;
import dev.cascadefarm.diffusion.imagen.LowresPicture;
import dev.cascadefarm.diffusion.sampler.Objective;
import dev.cascadefarm.diffusion.sampler.Rows;
import dev.cascadefarm.diffusion.sampler.SamplerHabits;
import dev.cascadefarm.diffusion.schedule.NoiseSchedule;
import dev.cascadefarm.diffusion.schedule.ScheduleSettings;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * How a diffusion model was trained, as far as sampling must know.
 *
 * @param schedule how the noise schedule is made
 * @param timesteps T
 * @param objective what the model predicts
 * @param history most tensors of history that its samples may carry
 * @param lowres how the small picture reaches the model; where JSON has nothing, as in training
 * @param habits of its samplers; where JSON has nothing, the farm's own
 * @param rows the share of a run that the stage makes; where JSON has nothing, all of it
 */
@JsonDeserialize(builder = DiffusionConfig.Builder.class)
public record DiffusionConfig(
    ScheduleSettings schedule,
    int timesteps,
    Objective objective,
    int history,
    LowresPicture lowres,
    SamplerHabits habits,
    Rows rows) {
  /** Stands for the timestep before the first: no noise. */
  private static final int CLEAN = -1;

  /** Most samples of a task that a stage may choose from. */
  public static final int MOST_CANDIDATES = 16;

  /** A model that makes whole runs. */
  public DiffusionConfig(
      ScheduleSettings schedule,
      int timesteps,
      Objective objective,
      int history,
      LowresPicture lowres,
      SamplerHabits habits) {
    this(schedule, timesteps, objective, history, lowres, habits, Rows.ALL);
  }

  /** The same for a share of every run. */
  public DiffusionConfig with(Rows share) {
    return new DiffusionConfig(schedule, timesteps, objective, history, lowres, habits, share);
  }

  /** A model with a schedule by name and the farm's own samplers. */
  public DiffusionConfig(
      String schedule, int timesteps, Objective objective, int history, LowresPicture lowres) {
    this(ScheduleSettings.of(schedule), timesteps, objective, history, lowres, SamplerHabits.OWN);
  }

  /** A model whose small picture is prepared as in training. */
  public DiffusionConfig(String schedule, int timesteps, Objective objective, int history) {
    this(schedule, timesteps, objective, history, LowresPicture.AS_TRAINED);
  }

  NoiseSchedule noiseSchedule() {
    return schedule.noiseSchedule(timesteps);
  }

  /** By which a picture to enlarge is noised. */
  NoiseSchedule lowresSchedule() {
    return lowres.schedule(noiseSchedule());
  }

  /**
   * The timestep to which a picture to enlarge is noised.
   *
   * @param aug its noise level, 0 to 1
   * @throws IllegalArgumentException if the level is out of range
   */
  int lowresTime(double aug) {
    return lowres.clean() ? CLEAN : lowresSchedule().timestepOf(aug);
  }

  /**
   * Reads a configuration; all but {@code lowres}, {@code habits} and {@code rows} must be there.
   * Not thread-safe.
   */
  @JsonPOJOBuilder(withPrefix = "")
  static final class Builder {
    private @Nullable ScheduleSettings schedule;
    private @Nullable Integer timesteps;
    private @Nullable Objective objective;
    private @Nullable Integer history;
    private LowresPicture lowres = LowresPicture.AS_TRAINED;
    private SamplerHabits habits = SamplerHabits.OWN;
    private Rows rows = Rows.ALL;

    @JsonProperty
    Builder schedule(ScheduleSettings value) {
      schedule = value;
      return this;
    }

    @JsonProperty
    Builder timesteps(Integer value) {
      timesteps = value;
      return this;
    }

    @JsonProperty
    Builder objective(Objective value) {
      objective = value;
      return this;
    }

    @JsonProperty
    Builder history(Integer value) {
      history = value;
      return this;
    }

    @JsonProperty
    Builder lowres(LowresPicture value) {
      lowres = value;
      return this;
    }

    @JsonProperty
    Builder habits(SamplerHabits value) {
      habits = value;
      return this;
    }

    @JsonProperty
    Builder rows(Rows value) {
      rows = value;
      return this;
    }

    DiffusionConfig build() {
      return new DiffusionConfig(
          require("schedule", schedule),
          require("timesteps", timesteps),
          require("objective", objective),
          require("history", history),
          Objects.requireNonNull(lowres, "lowres"),
          Objects.requireNonNull(habits, "habits"),
          Objects.requireNonNull(rows, "rows"));
    }

    private static <T> T require(String name, @Nullable T value) {
      if (value == null) {
        throw new IllegalArgumentException(name + ": missing (expected: a value)");
      }
      return value;
    }
  }
}
