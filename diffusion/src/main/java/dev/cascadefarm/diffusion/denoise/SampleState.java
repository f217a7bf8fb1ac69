package dev.cascadefarm.diffusion.denoise;

import dev.cascadefarm.diffusion.sampler.Row;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A sample between two model calls: x and the history its sampler keeps, (x, h₁ … h_K). Immutable.
 */
public final class SampleState {
  /** Numbers that all columns are added to before the next ones: few enough for the cache. */
  private static final int PIECE = 4096;

  private final float[][] tensors;

  private SampleState(float[][] tensors) {
    this.tensors = tensors;
  }

  /**
   * The state before the first call; the history is zeros.
   *
   * @param history tensors of it, K
   */
  public static SampleState start(float[] x, int history) {
    float[][] tensors = new float[1 + history][x.length];
    tensors[0] = x;
    return new SampleState(tensors);
  }

  /**
   * A state to go on from.
   *
   * @param tensors x and the history, (x, h₁ … h_K), of one size
   */
  public static SampleState of(List<float[]> tensors) {
    return new SampleState(tensors.toArray(float[][]::new));
  }

  /** x and the history, (x, h₁ … h_K); not to be written to. */
  public List<float[]> tensors() {
    return List.of(tensors);
  }

  /** The sample; not to be written to. */
  public float[] x() {
    return tensors[0];
  }

  /** The k-th tensor of history, from 1; not to be written to. */
  public float[] history(int k) {
    return tensors[k];
  }

  /**
   * The linear step of a table: (x, h)' = A·(x, h, x₀', m, z). Float32, in one order of additions;
   * a column that has no part in a tensor is not read.
   *
   * @param x0 the thresholded x₀', as {@link Prediction#x0} makes it
   * @param noise z, as large as x; not read if the row is not {@link Row#noisy}
   */
  public SampleState next(Row row, float[] x0, Prediction prediction, float[] noise) {
    int columns = tensors.length + 3;
    float[][] all = Arrays.copyOf(tensors, columns);
    all[columns - 3] = x0;
    all[columns - 2] = prediction.values();
    all[columns - 1] = row.noisy() ? scaled(noise, prediction.noiseScale()) : noise;
    float[][] next = new float[tensors.length][x().length];
    for (int r = 0; r < next.length; r++) {
      for (int from = 0; from < next[r].length; from += PIECE) {
        for (int c = 0; c < columns; c++) {
          add(next[r], (float) row.next()[r][c], all[c], from);
        }
      }
    }
    return new SampleState(next);
  }

  private static float[] scaled(float[] noise, float @Nullable [] scale) {
    if (scale == null) {
      return noise;
    }
    float[] scaled = new float[noise.length];
    for (int i = 0; i < scaled.length; i++) {
      scaled[i] = noise[i] * scale[i];
    }
    return scaled;
  }

  private static void add(float[] sum, float factor, float[] column, int from) {
    if (factor == 0) {
      return;
    }
    int to = Math.min(from + PIECE, sum.length);
    for (int i = from; i < to; i++) {
      sum[i] += factor * column[i];
    }
  }
}
