package dev.cascadefarm.diffusion.train;

import dev.cascadefarm.diffusion.noise.CounterNoise;
import dev.cascadefarm.diffusion.stage.HostTensor;

/**
 * What is random in a batch, drawn by seed and number of the batch alone, so that a resumed run
 * sees what an undisturbed one would have seen. Immutable.
 */
record BatchDraws(long seed) {
  /** A timestep for each sample, 0 to {@code timesteps} − 1. */
  int[] times(long number, int count, int timesteps) {
    CounterNoise draws = draws("time");
    int[] times = new int[count];
    for (int i = 0; i < count; i++) {
      times[i] = (int) (draws.uniform(number, i) * timesteps);
    }
    return times;
  }

  /**
   * 1 for each sample that is shown something, 0 for the others, {@code (B)}.
   *
   * @param dropped share of the others, 0 to 1
   */
  HostTensor keep(String purpose, long number, int count, double dropped) {
    float[] keep = new float[count];
    for (int i = 0; i < count; i++) {
      keep[i] = draws(purpose).uniform(number, i) < dropped ? 0 : 1;
    }
    return HostTensor.of(keep, count);
  }

  /** Standard normal numbers in the shape of {@code like}. */
  HostTensor normals(String purpose, long number, HostTensor like) {
    return new HostTensor(like.shape(), draws(purpose).normals(number, like.data().length));
  }

  CounterNoise draws(String purpose) {
    return new CounterNoise(seed, "train", purpose);
  }
}
