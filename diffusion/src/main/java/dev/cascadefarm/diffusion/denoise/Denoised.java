package dev.cascadefarm.diffusion.denoise;

import dev.cascadefarm.diffusion.stage.HostTensor;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What one call of a {@link Denoiser} makes of a sample. The arrays are not copied.
 *
 * @param x0 the thresholded x₀
 * @param prediction the guided prediction, m
 * @param noiseScale what to multiply noise by, number by number; absent if the model does not learn
 *     the variance
 */
public record Denoised(float[] x0, float[] prediction, float @Nullable [] noiseScale) {
  /**
   * One sample's part of a call's outputs.
   *
   * @param index of the sample in the batch
   */
  public static Denoised of(List<HostTensor> outputs, int index) {
    return new Denoised(
        part(outputs.get(0), index),
        part(outputs.get(1), index),
        outputs.size() > 2 ? part(outputs.get(2), index) : null);
  }

  private static float[] part(HostTensor batch, int index) {
    int count = (int) batch.shape()[0];
    int size = batch.data().length / count;
    return count == 1
        ? batch.data()
        : Arrays.copyOfRange(batch.data(), index * size, (index + 1) * size);
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof Denoised that
        && Arrays.equals(x0, that.x0)
        && Arrays.equals(prediction, that.prediction)
        && Arrays.equals(noiseScale, that.noiseScale);
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(x0);
  }

  @Override
  public String toString() {
    return "Denoised[" + x0.length + "]";
  }
}
