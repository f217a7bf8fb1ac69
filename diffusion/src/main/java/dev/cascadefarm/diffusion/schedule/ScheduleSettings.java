package dev.cascadefarm.diffusion.schedule;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * How a noise schedule is made: by a name alone, which is all that JSON then holds, or by its β.
 *
 * @param name {@code linear} (MinImagen's, scaled to the number of timesteps) or {@code cosine};
 *     null where the β say it
 * @param betas null where the name says it
 */
public record ScheduleSettings(@Nullable String name, @Nullable Betas betas) {
  public ScheduleSettings {
    if ((name == null) == (betas == null)) {
      throw new IllegalArgumentException(
          "schedule: %s, %s (expected: a name or betas)".formatted(name, betas));
    }
  }

  /** A schedule by name; whether there is one shows when it is made. */
  @JsonCreator(mode = JsonCreator.Mode.DELEGATING)
  public static ScheduleSettings of(String name) {
    return new ScheduleSettings(name, null);
  }

  /** A schedule by its β. */
  @JsonCreator(mode = JsonCreator.Mode.DELEGATING)
  public static ScheduleSettings of(Betas betas) {
    return new ScheduleSettings(null, betas);
  }

  /**
   * The schedule.
   *
   * @throws IllegalArgumentException if the name is unknown or the number of timesteps does not fit
   */
  public NoiseSchedule noiseSchedule(int timesteps) {
    return betas == null
        ? NoiseSchedule.of(Objects.requireNonNull(name), timesteps)
        : NoiseSchedule.of(betas, timesteps);
  }

  @JsonValue
  Object json() {
    return betas == null ? Objects.requireNonNull(name) : betas;
  }
}
