package dev.cascadefarm.diffusion.imagen;

import dev.cascadefarm.diffusion.image.Resize;
import dev.cascadefarm.diffusion.schedule.NoiseSchedule;
import dev.cascadefarm.diffusion.stage.HostTensor;

/**
 * How the small picture reaches a super-resolution model: enlarged, brought from [0, 1] to [-1, 1]
 * and noised (conditioning augmentation, Ho et al. 2021, arXiv 2106.15282). Immutable.
 *
 * @param overshoots whether the cubic resampling may leave [0, 1], as in MinImagen's sampler; here
 *     it is clamped, as both do in training
 * @param noisesFirst whether the noise is added before the picture is brought to [-1, 1], as in
 *     MinImagen's sampler: then it is twice as strong as in training, and the picture is darkened
 */
public record LowresPicture(boolean overshoots, boolean noisesFirst) {
  /** As in training. */
  public static final LowresPicture AS_TRAINED = new LowresPicture(false, false);

  /** As MinImagen's sampler does it. */
  public static final LowresPicture MINIMAGEN = new LowresPicture(true, true);

  /**
   * The picture as the model takes it.
   *
   * @param small {@code (C, h, h)} in [0, 1]
   * @param side of the wanted picture, in pixels
   * @param time timestep the picture is noised to
   * @param noise standard normal, {@code (C, side, side)}
   */
  public float[] prepare(
      HostTensor small, int side, NoiseSchedule schedule, int time, float[] noise) {
    float[] picture = new Resize((int) small.shape()[1], side).apply(small).data();
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
}
