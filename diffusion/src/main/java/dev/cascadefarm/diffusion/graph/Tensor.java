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
    return shape[index(dimension)];
  }

  private int index(int dimension) {
    int at = dimension < 0 ? shape.length + dimension : dimension;
    if (at < 0 || at >= shape.length) {
      throw method.error("dimension " + dimension + " of " + Arrays.toString(shape));
    }
    return at;
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

  public Tensor exp() {
    return same("torch.exp(%s)");
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

  public Tensor silu() {
    return same("torch.silu(%s)");
  }

  /** The exact GELU, by the error function. */
  public Tensor gelu() {
    return same("torch.gelu(%s, approximate=\"none\")");
  }

  /**
   * The same picture with the channels of a pixel side by side in memory, in which order
   * convolutions are faster; what is made of it keeps the order.
   */
  public Tensor channelsLast() {
    return same("torch.contiguous(%s, memory_format=2)");
  }

  /** Converts to 64-bit integers, towards zero. */
  public Tensor toInt64() {
    return method.emit("torch.to(" + variable + ", 4)", DType.INT64, shape);
  }

  /** Takes from {@code yes} where this holds, else from {@code no}; all three broadcast. */
  public Tensor choose(Tensor yes, Tensor no) {
    require("where", DType.BOOL);
    no.require("where", yes.dtype);
    yes.common("where", no);
    long[] common = Shapes.broadcast(common("where", yes), no.shape);
    requireShape(Shapes.broadcastable(shape, no.shape), "where", no.shape);
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
    return method.emit(call, dtype, Shapes.reduced(shape, index(dimension), keep));
  }

  /** Population variance over one dimension, which stays with size 1. */
  public Tensor variance(int dimension) {
    String call = "torch.var(%s, [%d], False, True)".formatted(variable, dimension);
    return method.emit(call, dtype, Shapes.reduced(shape, index(dimension), true));
  }

  /** A slice of {@code length} elements from {@code start}. */
  public Tensor narrow(int dimension, long start, long length) {
    int at = index(dimension);
    if (start < 0 || length < 1 || (shape[at] != ANY && start + length > shape[at])) {
      throw mismatch("narrow to [" + start + ", " + (start + length) + ")", shape);
    }
    String call = "torch.narrow(%s, %d, %d, %d)".formatted(variable, at, start, length);
    return method.emit(call, dtype, Shapes.with(shape, at, length));
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
    requireShape(shape.length > 0 && shape[0] == ANY, "halves", ANY);
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
    requireShape(Shapes.sameCount(shape, sizes), "reshape", sizes);
    boolean sameBatch = sizes[0] == ANY && shape.length > 0 && shape[0] == ANY;
    String first = sameBatch ? "torch.size(" + variable + ", 0)" : Long.toString(sizes[0]);
    String rest =
        Arrays.stream(sizes).skip(1).mapToObj(each -> ", " + each).collect(Collectors.joining());
    return method.emit("torch.reshape(" + variable + ", [" + first + rest + "])", dtype, sizes);
  }

  /** Reorders the dimensions. */
  public Tensor permute(int... order) {
    requireShape(
        Shapes.isOrder(order, rank()), "permute", Arrays.stream(order).asLongStream().toArray());
    long[] result = Arrays.stream(order).mapToLong(each -> shape[each]).toArray();
    return method.emit(
        "torch.permute(" + variable + ", " + Arrays.toString(order) + ")", dtype, result);
  }

  /** Inserts a dimension of size 1. */
  public Tensor unsqueeze(int dimension) {
    int at = dimension < 0 ? shape.length + 1 + dimension : dimension;
    return method.emit(
        "torch.unsqueeze(" + variable + ", " + at + ")", dtype, Shapes.inserted(shape, at));
  }

  /** Repeats the first dimension, of size 1, as often as {@code other} is long there. */
  public Tensor expandLike(Tensor other) {
    requireShape(size(0) == 1, "expand", other.shape);
    String sizes =
        LongStream.range(1, shape.length)
            .mapToObj(each -> ", -1")
            .collect(Collectors.joining("", "[torch.size(" + other.variable + ", 0)", "]"));
    String call = "torch.expand(" + variable + ", " + sizes + ")";
    return method.emit(call, dtype, Shapes.with(shape, 0, other.shape[0]));
  }

  /** Repeats dimension 1, of size 1, {@code heads} times: a view, not a copy. */
  public Tensor repeatHeads(int heads) {
    requireShape(rank() == 4 && size(1) == 1, "expand", ANY, heads, ANY, ANY);
    String call = "torch.expand(" + variable + ", [-1, " + heads + ", -1, -1])";
    return method.emit(call, dtype, Shapes.with(shape, 1, heads));
  }

  /** {@code (…, a·b) -> (…, a, b)}. */
  public Tensor splitLast(long outer, long inner) {
    requireShape(size(-1) == ANY || size(-1) == outer * inner, "split", outer, inner);
    String call = "torch.unflatten(" + variable + ", -1, [" + outer + ", " + inner + "])";
    return method.emit(call, dtype, Shapes.lastSplit(shape, outer, inner));
  }

  /** {@code (…, a, b) -> (…, a·b)}. */
  public Tensor joinLast() {
    long[] result = Shapes.lastJoined(shape, size(-2), size(-1));
    return method.emit("torch.flatten(" + variable + ", -2, -1)", dtype, result);
  }

  /** Gives a tensor of equally many elements the shape of {@code other}. */
  public Tensor reshapeLike(Tensor other) {
    requireShape(Shapes.sameCount(shape, other.shape), "reshape", other.shape);
    return method.emit(
        "torch.reshape(" + variable + ", torch.size(" + other.variable + "))", dtype, other.shape);
  }

  /** Joins along a dimension. */
  public static Tensor cat(int dimension, Tensor... parts) {
    Tensor first = parts[0];
    long[] result = first.shape;
    int at = dimension < 0 ? result.length + dimension : dimension;
    for (Tensor next : Arrays.asList(parts).subList(1, parts.length)) {
      if (!Shapes.joinable(result, next.shape, at)) {
        throw first.mismatch("cat along " + at, next.shape);
      }
      next.require("cat", first.dtype);
      result = Shapes.joined(result, next.shape, at);
    }
    String names = Arrays.stream(parts).map(Tensor::variable).collect(Collectors.joining(", "));
    return first.method.emit("torch.cat([" + names + "], " + at + ")", first.dtype, result);
  }

  // ---- for Layers ---------------------------------------------------------------------------

  /** Any call whose result is float32 and has the given shape. */
  Tensor call(String function, String arguments, long... result) {
    return call(DType.FLOAT32, function, arguments, result);
  }

  /** Any call whose result has the given type and shape. */
  Tensor call(DType type, String function, String arguments, long... result) {
    String rest = arguments.isEmpty() ? "" : ", " + arguments;
    return method.emit(function + "(" + variable + rest + ")", type, result);
  }

  GraphException mismatch(String operation, long[] other) {
    return method.error(
        "%s: %s does not fit %s"
            .formatted(operation, Arrays.toString(other), Arrays.toString(shape)));
  }

  static String bool(boolean value) {
    return value ? "True" : "False";
  }

  /** A double as TorchScript spells it. */
  static String literal(double number) {
    if (!Double.isFinite(number)) {
      throw new GraphException("literal: " + number + " (expected: a finite number)");
    }
    return String.format(Locale.ROOT, "%.17g", number);
  }

  private Tensor same(String template) {
    return method.emit(template.formatted(variable), dtype, shape);
  }

  private Tensor binary(String function, Tensor other, DType result) {
    other.require(function, dtype);
    String call = function + "(" + variable + ", " + other.variable + ")";
    return method.emit(call, result, common(function, other));
  }

  private long[] common(String operation, Tensor other) {
    if (!Shapes.broadcastable(shape, other.shape)) {
      throw mismatch(operation, other.shape);
    }
    return Shapes.broadcast(shape, other.shape);
  }

  /** Demands a dtype of this tensor. */
  Tensor require(String operation, DType wanted) {
    if (dtype != wanted) {
      throw method.error(
          "%s of %s %s (expected: %s)".formatted(operation, dtype, Arrays.toString(shape), wanted));
    }
    return this;
  }

  private void requireShape(boolean fits, String operation, long... wanted) {
    if (!fits) {
      throw mismatch(operation, wanted);
    }
  }
}
