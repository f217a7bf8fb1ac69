package dev.cascadefarm.diffusion.scenes;

/**
 * Small counter generator (SplitMix64) that gives every scene its own numbers. Own code, because
 * the platform's generators do not promise the same numbers in every release. Not thread-safe.
 */
final class SceneRandom {
  private static final long GOLDEN = 0x9E3779B97F4A7C15L;

  private long state;

  SceneRandom(long seed, long stream, long index) {
    this.state = mix(mix(mix(seed) + GOLDEN * (stream + 1)) + GOLDEN * (index + 1));
  }

  /** Uniform integer in [0, bound). */
  int below(int bound) {
    state += GOLDEN;
    return (int) (((mix(state) >>> 32) * bound) >>> 32);
  }

  /** Uniform integer in [low, high]. */
  int between(int low, int high) {
    return low + below(high - low + 1);
  }

  <E> E pick(E[] values) {
    return values[below(values.length)];
  }

  private static long mix(long value) {
    long z = (value ^ (value >>> 30)) * 0xBF58476D1CE4E5B9L;
    z = (z ^ (z >>> 27)) * 0x94D049BB133111EBL;
    return z ^ (z >>> 31);
  }
}
