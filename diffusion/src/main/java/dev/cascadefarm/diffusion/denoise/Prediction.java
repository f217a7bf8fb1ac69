package dev.cascadefarm.diffusion.denoise;

import dev.cascadefarm.diffusion.sampler.Row;
import dev.cascadefarm.diffusion.stage.HostTensor;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What one call of a {@link Denoiser} says of a sample. The arrays are not copied.
 *
 * @param values the guided prediction, m
 * @param noiseScale what to multiply noise by, number by number; absent if the model does not learn
 *     the variance
 */
public record Prediction(float[] values, float @Nullable [] noiseScale) {
  /**
   * One sample's part of a call's outputs.
   *
   * @param index of the sample in the batch
   */
  public static Prediction of(List<HostTensor> outputs, int index) {
    return new Prediction(
        part(outputs.get(0), index), outputs.size() > 1 ? part(outputs.get(1), index) : null);
  }

  private static float[] part(HostTensor batch, int index) {
    int count = (int) batch.shape()[0];
    int size = batch.data().length / count;
    return count == 1
        ? batch.data()
        : Arrays.copyOfRange(batch.data(), index * size, (index + 1) * size);
  }

  /**
   * The thresholded x₀' at a row of a sampler's table.
   *
   * @param x what the prediction was made of
   * @return as large as x
   */
  public float[] x0(float[] x, Row row, Threshold threshold) {
    float fromX = (float) row.x0FromX();
    float fromPrediction = (float) row.x0FromPrediction();
    float[] x0 = new float[x.length];
    for (int i = 0; i < x0.length; i++) {
      x0[i] = fromX * x[i] + fromPrediction * values[i];
    }
    threshold.bound(x0);
    return x0;
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof Prediction that
        && Arrays.equals(values, that.values)
        && Arrays.equals(noiseScale, that.noiseScale);
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(values);
  }

  @Override
  public String toString() {
    return "Prediction[" + values.length + "]";
  }
}
