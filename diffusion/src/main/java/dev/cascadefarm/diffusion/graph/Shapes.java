package dev.cascadefarm.diffusion.graph;

import static dev.cascadefarm.diffusion.graph.Tensor.ANY;

import java.util.Arrays;
import java.util.stream.IntStream;
import java.util.stream.LongStream;

/** Arithmetic on shapes whose sizes may be {@link Tensor#ANY}. */
final class Shapes {
  private Shapes() {}

  /** Whether two shapes broadcast, as far as their sizes are known. */
  static boolean broadcastable(long[] a, long[] b) {
    for (int i = 1; i <= Math.min(a.length, b.length); i++) {
      long left = a[a.length - i];
      long right = b[b.length - i];
      if (left != ANY && right != ANY && left != right && left != 1 && right != 1) {
        return false;
      }
    }
    return true;
  }

  /** The common shape of two that broadcast. */
  static long[] broadcast(long[] a, long[] b) {
    long[] result = new long[Math.max(a.length, b.length)];
    for (int i = 1; i <= result.length; i++) {
      long left = i <= a.length ? a[a.length - i] : 1;
      long right = i <= b.length ? b[b.length - i] : 1;
      result[result.length - i] = left == 1 || (left == ANY && right != 1) ? right : left;
    }
    return result;
  }

  /** The shape with another size of one dimension. */
  static long[] with(long[] shape, int dimension, long size) {
    long[] result = shape.clone();
    result[dimension] = size;
    return result;
  }

  /** The shape with a dimension of size 1 more. */
  static long[] inserted(long[] shape, int dimension) {
    return LongStream.concat(
            LongStream.concat(Arrays.stream(shape, 0, dimension), LongStream.of(1)),
            Arrays.stream(shape, dimension, shape.length))
        .toArray();
  }

  /** Whether each dimension is there once. */
  static boolean isOrder(int[] order, int rank) {
    return Arrays.equals(
        Arrays.stream(order).sorted().toArray(), IntStream.range(0, rank).toArray());
  }

  /** {@code (…, a·b) -> (…, a, b)}. */
  static long[] lastSplit(long[] shape, long outer, long inner) {
    long[] result = Arrays.copyOf(shape, shape.length + 1);
    result[shape.length - 1] = outer;
    result[shape.length] = inner;
    return result;
  }

  /** {@code (…, a, b) -> (…, a·b)}. */
  static long[] lastJoined(long[] shape, long outer, long inner) {
    long[] result = Arrays.copyOf(shape, shape.length - 1);
    result[result.length - 1] = outer == ANY || inner == ANY ? ANY : outer * inner;
    return result;
  }

  /** The shape after a reduction over one dimension, which stays with size 1 or goes. */
  static long[] reduced(long[] shape, int dimension, boolean keep) {
    if (keep) {
      return with(shape, dimension, 1);
    }
    return LongStream.concat(
            Arrays.stream(shape, 0, dimension), Arrays.stream(shape, dimension + 1, shape.length))
        .toArray();
  }

  /** Whether two shapes join along a dimension, as far as their sizes are known. */
  static boolean joinable(long[] a, long[] b, int dimension) {
    if (a.length != b.length) {
      return false;
    }
    for (int d = 0; d < a.length; d++) {
      if (d != dimension && a[d] != ANY && b[d] != ANY && a[d] != b[d]) {
        return false;
      }
    }
    return true;
  }

  /** The shape of two that are joined along a dimension. */
  static long[] joined(long[] a, long[] b, int dimension) {
    long[] result = a.clone();
    for (int d = 0; d < a.length; d++) {
      if (d != dimension) {
        result[d] = a[d] == ANY ? b[d] : a[d];
      } else {
        result[d] = a[d] == ANY || b[d] == ANY ? ANY : a[d] + b[d];
      }
    }
    return result;
  }

  /** Whether a reshape keeps the number of elements, as far as the sizes are known. */
  static boolean sameCount(long[] from, long[] to) {
    boolean openBatch = from.length > 0 && to.length > 0 && from[0] == ANY && to[0] == ANY;
    long left = count(from, openBatch ? 1 : 0);
    long right = count(to, openBatch ? 1 : 0);
    return left == ANY || right == ANY || left == right;
  }

  private static long count(long[] shape, int from) {
    long count = 1;
    for (int i = from; i < shape.length; i++) {
      if (shape[i] == ANY) {
        return ANY;
      }
      count *= shape[i];
    }
    return count;
  }
}
