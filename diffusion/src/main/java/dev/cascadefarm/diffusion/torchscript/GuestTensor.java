package dev.cascadefarm.diffusion.torchscript;

import com.fasterxml.jackson.databind.JsonNode;
import dev.cascadefarm.diffusion.graph.ScalarType;
import dev.cascadefarm.diffusion.graph.Tensor;
import dev.cascadefarm.diffusion.json.ConfigFile;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * What a method takes or gives under one name: {@code guest = scale · value}, both ways, where
 * value is what the farm calls by that name.
 *
 * @param name what it is to the farm
 * @param shape of one sample's, without the batch in front
 * @param scale what the farm's value is multiplied by before the method hears it, or the method's
 *     before the farm does
 * @param unit whether it is a picture in [0, 1]; the farm's are in [-1, 1]
 */
public record GuestTensor(
    String name, ScalarType dtype, List<Integer> shape, double scale, boolean unit) {
  /** An answer that nobody reads. */
  public static final String UNUSED = "unused";

  static final String IMAGE = "image";

  private static final String BATCH = "B";
  private static final int MOST_SIZES = 5;
  private static final int LARGEST = 1 << 16;
  private static final long MOST_NUMBERS = 1 << 28;

  public GuestTensor {
    shape = List.copyOf(shape);
  }

  /** Reads {@code {"name", "dtype", "shape", "scale", "range"}}; the last two may be absent. */
  static GuestTensor parse(JsonNode node, String place) {
    byte[] content = node.toString().getBytes(StandardCharsets.UTF_8);
    ConfigFile file = ConfigFile.parse(content, place, TorchScriptException::new);
    String name = file.text("name", "");
    if (name.isEmpty()) {
      throw file.refused("name", "missing", "what it is to the farm");
    }
    String dtype = file.text("dtype", ScalarType.FLOAT32.word());
    ScalarType type =
        ScalarType.of(dtype)
            .orElseThrow(() -> file.refused("dtype", dtype, "one of " + ScalarType.words()));
    double scale = file.number("scale", 1);
    if (!Double.isFinite(scale) || scale == 0) {
      throw file.refused("scale", scale, "a number other than 0");
    }
    boolean unit = unit(file, name);
    List<Integer> shape = shape(file, file.value("shape"));
    file.requireNoOthers();
    if (!type.fractional() && (scale != 1 || unit)) {
      throw file.refused("scale", scale, "none for " + type.word());
    }
    return new GuestTensor(name, type, shape, scale, unit);
  }

  private static boolean unit(ConfigFile file, String name) {
    if (!file.has("range")) {
      return false;
    }
    List<Double> range = file.numbers("range", 2);
    boolean unit = range.equals(List.of(0.0, 1.0));
    if (!name.equals(IMAGE) || !(unit || range.equals(List.of(-1.0, 1.0)))) {
      throw file.refused("range", range, "[-1, 1] or [0, 1], of an image only");
    }
    return unit;
  }

  private static List<Integer> shape(ConfigFile file, @Nullable JsonNode value) {
    String expected = "[\"B\", sizes of one sample, 1 to %d each]".formatted(LARGEST);
    if (value == null || !value.isArray() || !value.path(0).asText().equals(BATCH)) {
      throw file.refused("shape", value == null ? "missing" : value, expected);
    }
    List<Integer> sizes = new ArrayList<>();
    long numbers = 1;
    for (int i = 1; i < value.size(); i++) {
      JsonNode size = value.get(i);
      if (!size.isInt() || size.intValue() < 1 || size.intValue() > LARGEST) {
        throw file.refused("shape", value, expected);
      }
      sizes.add(size.intValue());
      numbers = Math.multiplyExact(numbers, size.intValue());
    }
    if (sizes.size() > MOST_SIZES || numbers > MOST_NUMBERS) {
      throw file.refused("shape", value, "at most %d numbers".formatted(MOST_NUMBERS));
    }
    return sizes;
  }

  /** Numbers of one sample. */
  public int count() {
    return shape.stream().reduce(1, Math::multiplyExact);
  }

  /** The shape of so many samples. */
  public long[] batched(long samples) {
    long[] batched = new long[shape.size() + 1];
    batched[0] = samples;
    for (int i = 0; i < shape.size(); i++) {
      batched[i + 1] = shape.get(i);
    }
    return batched;
  }

  /** The shape of one sample. */
  public long[] sizes() {
    return shape.stream().mapToLong(Integer::longValue).toArray();
  }

  /** What the method hears of the farm's value. */
  Tensor heard(Tensor value) {
    Tensor centred = unit ? value.times(0.5).plus(0.5) : value;
    Tensor scaled = scale == 1 ? centred : centred.times(scale);
    return scaled.reshape(batched(Tensor.ANY));
  }

  /** What the farm hears of the method's. */
  Tensor said(Tensor answer) {
    Tensor scaled = scale == 1 ? answer : answer.times(scale);
    return unit ? scaled.times(2).plus(-1) : scaled;
  }

  /** As it is written in a description. */
  String written() {
    String sizes = shape.stream().map(each -> ", " + each).collect(Collectors.joining());
    return "[B" + sizes + "]";
  }
}
