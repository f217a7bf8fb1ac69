package dev.cascadefarm.diffusion.graph;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import java.util.stream.LongStream;

/**
 * A symbolic tensor: a variable of a method together with its dtype and shape. Each operation adds
 * a line to the method and returns the new variable; shapes are checked as far as they are known.
 * Immutable.
 */
public final class Tensor {
  /** A size known only when the model runs. */
  public static final long ANY = -1;

  private final Method method;
  private final String variable;
  private final DType dtype;
  private final long[] shape;

  Tensor(Method method, String variable, DType dtype, long... shape) {
    this.method = method;
    this.variable = variable;
    this.dtype = dtype;
    this.shape = shape.clone();
  }

  String variable() {
    return variable;
  }

  public DType dtype() {
    return dtype;
  }

  /** Size of one dimension; negative indices count from the end. */
  public long size(int dimension) {
    return shape[dimension < 0 ? shape.length + dimension : dimension];
  }

  /** Number of dimensions. */
  public int rank() {
    return shape.length;
  }

  long[] shape() {
    return shape.clone();
  }

  // ---- element by element -------------------------------------------------------------------

  /** Sum, broadcasting. */
  public Tensor plus(Tensor other) {
    return binary("torch.add", other, dtype);
  }

  /** Difference, broadcasting. */
  public Tensor minus(Tensor other) {
    return binary("torch.sub", other, dtype);
  }

  /** Product, broadcasting. */
  public Tensor times(Tensor other) {
    return binary("torch.mul", other, dtype);
  }

  /** Quotient, broadcasting. */
  public Tensor over(Tensor other) {
    return binary("torch.div", other, dtype);
  }

  /** Larger of both, broadcasting. */
  public Tensor max(Tensor other) {
    return binary("torch.maximum", other, dtype);
  }

  /** Smaller of both, broadcasting. */
  public Tensor min(Tensor other) {
    return binary("torch.minimum", other, dtype);
  }

  /** True where this is larger, broadcasting. */
  public Tensor greaterThan(Tensor other) {
    return binary("torch.gt", other, DType.BOOL);
  }

  /** Adds a number. */
  public Tensor plus(double number) {
    return same("torch.add(%s, " + literal(number) + ")");
  }

  /** Multiplies by a number. */
  public Tensor times(double number) {
    return same("torch.mul(%s, " + literal(number) + ")");
  }

  /** Raises every element to be at least {@code number}. */
  public Tensor atLeast(double number) {
    return same("torch.clamp_min(%s, " + literal(number) + ")");
  }

  /** Lowers every element to be at most {@code number}. */
  public Tensor atMost(double number) {
    return same("torch.clamp_max(%s, " + literal(number) + ")");
  }

  /** True where an element is larger than {@code number}. */
  public Tensor greaterThan(double number) {
    return method.emit("torch.gt(" + variable + ", " + literal(number) + ")", DType.BOOL, shape);
  }

  /** The negative. */
  public Tensor negate() {
    return same("torch.neg(%s)");
  }

  public Tensor abs() {
    return same("torch.abs(%s)");
  }

  public Tensor square() {
    return same("torch.mul(%1$s, %1$s)");
  }

  public Tensor sqrt() {
    return same("torch.sqrt(%s)");
  }

  public Tensor sin() {
    return same("torch.sin(%s)");
  }

  public Tensor cos() {
    return same("torch.cos(%s)");
  }

  public Tensor floor() {
    return same("torch.floor(%s)");
  }

  public Tensor silu() {
    return same("torch.silu(%s)");
  }

  /** The exact GELU, by the error function. */
  public Tensor gelu() {
    return same("torch.gelu(%s, approximate=\"none\")");
  }

  /** Converts to 64-bit integers, towards zero. */
  public Tensor toInt64() {
    return method.emit("torch.to(" + variable + ", 4)", DType.INT64, shape);
  }

  /** Takes from {@code yes} where this holds, else from {@code no}; all three broadcast. */
  public Tensor choose(Tensor yes, Tensor no) {
    long[] common = broadcast(broadcast(shape, yes.shape), no.shape);
    return method.emit(
        "torch.where(" + variable + ", " + yes.variable + ", " + no.variable + ")",
        yes.dtype,
        common);
  }

  // ---- along dimensions ---------------------------------------------------------------------

  /** Mean over every element, a scalar. */
  public Tensor mean() {
    return method.emit("torch.mean(" + variable + ")", dtype);
  }

  /** Mean over one dimension. */
  public Tensor mean(int dimension, boolean keep) {
    String call = "torch.mean(%s, [%d], %s)".formatted(variable, dimension, bool(keep));
    return method.emit(call, dtype, reduced(dimension, keep));
  }

  /** Population variance over one dimension, which stays with size 1. */
  public Tensor variance(int dimension) {
    String call = "torch.var(%s, [%d], False, True)".formatted(variable, dimension);
    return method.emit(call, dtype, reduced(dimension, true));
  }

  /** Sorted ascending along the last dimension. */
  public Tensor sort() {
    return method.emit("(torch.sort(" + variable + ", -1, False))[0]", dtype, shape);
  }

  /** Picks along the last dimension by integer index. */
  public Tensor gather(Tensor index) {
    return method.emit(
        "torch.gather(" + variable + ", -1, " + index.variable + ")", dtype, index.shape);
  }

  /** A slice of {@code length} elements from {@code start}. */
  public Tensor narrow(int dimension, long start, long length) {
    long[] result = shape.clone();
    int at = dimension < 0 ? shape.length + dimension : dimension;
    if (result[at] != ANY && start + length > result[at]) {
      throw mismatch("narrow to [" + start + ", " + (start + length) + ")", shape);
    }
    result[at] = length;
    String call = "torch.narrow(%s, %d, %d, %d)".formatted(variable, at, start, length);
    return method.emit(call, dtype, result);
  }

  /** Equal pieces along a dimension of known size. */
  public List<Tensor> chunk(int pieces, int dimension) {
    long whole = size(dimension);
    if (whole == ANY || whole % pieces != 0) {
      throw mismatch("split into " + pieces + " along " + dimension, shape);
    }
    long each = whole / pieces;
    return LongStream.range(0, pieces).mapToObj(i -> narrow(dimension, i * each, each)).toList();
  }

  /** The first and the second half of the batch. */
  public List<Tensor> halves() {
    String half = "torch.floordiv(torch.size(%1$s, 0), 2)".formatted(variable);
    return List.of(
        method.emit("torch.slice(%s, 0, 0, %s, 1)".formatted(variable, half), dtype, shape),
        method.emit(
            "torch.slice(%s, 0, %s, 9223372036854775807, 1)".formatted(variable, half),
            dtype,
            shape));
  }

  // ---- shape --------------------------------------------------------------------------------

  /** Reshapes; an open first size stays as it is, at most one other may be {@link #ANY}. */
  public Tensor reshape(long... sizes) {
    boolean sameBatch = sizes[0] == ANY && shape.length > 0 && shape[0] == ANY;
    String first = sameBatch ? "torch.size(" + variable + ", 0)" : Long.toString(sizes[0]);
    String rest =
        Arrays.stream(sizes).skip(1).mapToObj(each -> ", " + each).collect(Collectors.joining());
    return method.emit("torch.reshape(" + variable + ", [" + first + rest + "])", dtype, sizes);
  }

  /** Reorders the dimensions. */
  public Tensor permute(int... order) {
    long[] result = Arrays.stream(order).mapToLong(each -> shape[each]).toArray();
    return method.emit(
        "torch.permute(" + variable + ", " + Arrays.toString(order) + ")", dtype, result);
  }

  /** Inserts a dimension of size 1. */
  public Tensor unsqueeze(int dimension) {
    int at = dimension < 0 ? shape.length + 1 + dimension : dimension;
    long[] result =
        LongStream.concat(
                LongStream.concat(Arrays.stream(shape, 0, at), LongStream.of(1)),
                Arrays.stream(shape, at, shape.length))
            .toArray();
    return method.emit("torch.unsqueeze(" + variable + ", " + at + ")", dtype, result);
  }

  /** Repeats the first dimension, of size 1, as often as {@code other} is long there. */
  public Tensor expandLike(Tensor other) {
    String sizes =
        LongStream.range(1, shape.length)
            .mapToObj(each -> ", -1")
            .collect(Collectors.joining("", "[torch.size(" + other.variable + ", 0)", "]"));
    long[] result = shape.clone();
    result[0] = other.shape[0];
    return method.emit("torch.expand(" + variable + ", " + sizes + ")", dtype, result);
  }

  /** Repeats dimension 1, of size 1, {@code heads} times: a view, not a copy. */
  public Tensor repeatHeads(int heads) {
    long[] result = shape.clone();
    result[1] = heads;
    return method.emit(
        "torch.expand(" + variable + ", [-1, " + heads + ", -1, -1])", dtype, result);
  }

  /** {@code (…, a·b) -> (…, a, b)}. */
  public Tensor splitLast(long outer, long inner) {
    long[] result = Arrays.copyOf(shape, shape.length + 1);
    result[shape.length - 1] = outer;
    result[shape.length] = inner;
    String sizes = "[" + outer + ", " + inner + "]";
    return method.emit("torch.unflatten(" + variable + ", -1, " + sizes + ")", dtype, result);
  }

  /** {@code (…, a, b) -> (…, a·b)}. */
  public Tensor joinLast() {
    long[] result = Arrays.copyOf(shape, shape.length - 1);
    long outer = size(-2);
    result[result.length - 1] = outer == ANY || size(-1) == ANY ? ANY : outer * size(-1);
    return method.emit("torch.flatten(" + variable + ", -2, -1)", dtype, result);
  }

  /** Gives a tensor of equally many elements the shape of {@code other}. */
  public Tensor reshapeLike(Tensor other) {
    return method.emit(
        "torch.reshape(" + variable + ", torch.size(" + other.variable + "))", dtype, other.shape);
  }

  /** Joins along a dimension. */
  public static Tensor cat(int dimension, Tensor... parts) {
    Tensor first = parts[0];
    long[] result = first.shape.clone();
    int at = dimension < 0 ? result.length + dimension : dimension;
    for (int i = 1; i < parts.length; i++) {
      long[] next = parts[i].shape;
      if (next.length != result.length) {
        throw first.mismatch("cat", next);
      }
      for (int d = 0; d < result.length; d++) {
        if (d == at) {
          result[d] = result[d] == ANY || next[d] == ANY ? ANY : result[d] + next[d];
        } else if (result[d] == ANY) {
          result[d] = next[d];
        } else if (next[d] != ANY && next[d] != result[d]) {
          throw first.mismatch("cat", next);
        }
      }
    }
    String names = Arrays.stream(parts).map(Tensor::variable).collect(Collectors.joining(", "));
    return first.method.emit("torch.cat([" + names + "], " + at + ")", first.dtype, result);
  }

  // ---- for Layers ---------------------------------------------------------------------------

  /** Any call whose result has the given shape. */
  Tensor call(String function, String arguments, long... result) {
    return method.emit(function + "(" + variable + ", " + arguments + ")", DType.FLOAT32, result);
  }

  GraphException mismatch(String operation, long[] other) {
    return new GraphException(
        "%s: %s does not fit %s"
            .formatted(operation, Arrays.toString(other), Arrays.toString(shape)));
  }

  static String list(long... sizes) {
    return Arrays.toString(sizes);
  }

  static String bool(boolean value) {
    return value ? "True" : "False";
  }

  /** A double as TorchScript spells it. */
  static String literal(double number) {
    return String.format(Locale.ROOT, "%.17g", number);
  }

  private Tensor same(String template) {
    return method.emit(template.formatted(variable), dtype, shape);
  }

  private Tensor binary(String function, Tensor other, DType result) {
    return method.emit(
        function + "(" + variable + ", " + other.variable + ")",
        result,
        broadcast(shape, other.shape));
  }

  private long[] reduced(int dimension, boolean keep) {
    int at = dimension < 0 ? shape.length + dimension : dimension;
    long[] kept = shape.clone();
    kept[at] = 1;
    return keep
        ? kept
        : LongStream.range(0, shape.length).filter(i -> i != at).map(i -> shape[(int) i]).toArray();
  }

  private long[] broadcast(long[] a, long[] b) {
    long[] result = new long[Math.max(a.length, b.length)];
    for (int i = 1; i <= result.length; i++) {
      long left = i <= a.length ? a[a.length - i] : 1;
      long right = i <= b.length ? b[b.length - i] : 1;
      boolean known = left != ANY && right != ANY;
      if (known && left != right && left != 1 && right != 1) {
        throw mismatch("broadcast", b);
      }
      result[result.length - i] = left == 1 ? right : left == ANY && right != 1 ? right : left;
    }
    return result;
  }
}
