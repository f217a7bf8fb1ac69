package dev.cascadefarm.diffusion.imagen;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.databind.annotation.JsonDeserialize;
import com.fasterxml.jackson.databind.annotation.JsonPOJOBuilder;
import dev.cascadefarm.diffusion.image.Enlargement;
import dev.cascadefarm.diffusion.image.Resize;
import dev.cascadefarm.diffusion.schedule.NoiseSchedule;
import dev.cascadefarm.diffusion.schedule.ScheduleSettings;
import dev.cascadefarm.diffusion.stage.HostTensor;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * How the small picture reaches a super-resolution model: enlarged, brought from [0, 1] to [-1, 1]
 * and noised (conditioning augmentation, Ho et al. 2021, arXiv 2106.15282). Immutable.
 *
 * @param overshoots whether the cubic resampling may leave [0, 1], as in MinImagen's sampler; here
 *     it is clamped, as both do in training
 * @param noisesFirst whether the noise is added before the picture is brought to [-1, 1], as in
 *     MinImagen's sampler: then it is twice as strong as in training, and the picture is darkened
 * @param enlargement how it is enlarged; where JSON has nothing, cubically
 * @param noising by which it is noised; null where that is the schedule of the picture to draw
 * @param clean whether it is not noised at all
 */
@JsonDeserialize(builder = LowresPicture.Builder.class)
public record LowresPicture(
    boolean overshoots,
    boolean noisesFirst,
    Enlargement enlargement,
    @Nullable Noising noising,
    boolean clean) {
  /** As in training. */
  public static final LowresPicture AS_TRAINED =
      new LowresPicture(false, false, Enlargement.CUBIC, null, false);

  /** As MinImagen's sampler does it. */
  public static final LowresPicture MINIMAGEN =
      new LowresPicture(true, true, Enlargement.CUBIC, null, false);

  /** As Karlo does it: without noise, and what the cubic overshoots stays. */
  public static final LowresPicture KARLO =
      new LowresPicture(true, false, Enlargement.CUBIC_CUT, null, true);

  /** As DeepFloyd IF does it, which has a second schedule for this. */
  public static LowresPicture deepFloyd(ScheduleSettings schedule, int timesteps) {
    return new LowresPicture(
        false, false, Enlargement.BILINEAR, new Noising(schedule, timesteps), false);
  }

  /**
   * A schedule of its own.
   *
   * @param timesteps T
   */
  public record Noising(ScheduleSettings schedule, int timesteps) {}

  /**
   * The schedule by which it is noised.
   *
   * @param own that of the picture to draw
   */
  public NoiseSchedule schedule(NoiseSchedule own) {
    return noising == null ? own : noising.schedule().noiseSchedule(noising.timesteps());
  }

  /**
   * The picture as the model takes it.
   *
   * @param small {@code (C, h, h)} in [0, 1]
   * @param side of the wanted picture, in pixels
   * @param schedule as {@link #schedule} gives it
   * @param time timestep the picture is noised to; -1 for none
   * @param noise standard normal, {@code (C, side, side)}
   */
  public float[] prepare(
      HostTensor small, int side, NoiseSchedule schedule, int time, float[] noise) {
    float[] picture = enlargement.apply(small, side).data();
    double signal = schedule.signalAt(time);
    double spread = schedule.spreadAt(time);
    for (int i = 0; i < picture.length; i++) {
      float pixel = overshoots ? picture[i] : Math.max(0, Math.min(1, picture[i]));
      picture[i] =
          (float)
              (noisesFirst
                  ? 2 * (signal * pixel + spread * noise[i]) - 1
                  : signal * (2 * pixel - 1) + spread * noise[i]);
    }
    return picture;
  }

  /**
   * What a super-resolution model is taught to enlarge: the picture, shrunk and enlarged again,
   * clamped both times.
   *
   * @param picture {@code (C, H, H)} in [0, 1]
   * @param small side of the small picture
   * @param side of the result
   * @return {@code (C, side, side)} in [0, 1]
   */
  public static HostTensor blurred(HostTensor picture, int small, int side) {
    HostTensor shrunk = Resize.within(picture, small);
    return Resize.within(shrunk, side);
  }

  /** Reads what is there; all of it may be missing. Not thread-safe. */
  @JsonPOJOBuilder(withPrefix = "")
  static final class Builder {
    private boolean overshoots;
    private boolean noisesFirst;
    private Enlargement enlargement = Enlargement.CUBIC;
    private @Nullable Noising noising;
    private boolean clean;

    @JsonProperty
    Builder overshoots(boolean value) {
      overshoots = value;
      return this;
    }

    @JsonProperty
    Builder noisesFirst(boolean value) {
      noisesFirst = value;
      return this;
    }

    @JsonProperty
    Builder enlargement(Enlargement value) {
      enlargement = value;
      return this;
    }

    @JsonProperty
    Builder noising(@Nullable Noising value) {
      noising = value;
      return this;
    }

    @JsonProperty
    Builder clean(boolean value) {
      clean = value;
      return this;
    }

    LowresPicture build() {
      return new LowresPicture(
          overshoots,
          noisesFirst,
          Objects.requireNonNull(enlargement, "enlargement"),
          noising,
          clean);
    }
  }
}
