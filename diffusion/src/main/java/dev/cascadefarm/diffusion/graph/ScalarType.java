package dev.cascadefarm.diffusion.graph;

import java.util.Arrays;
import java.util.Optional;
import java.util.stream.Collectors;

/** Element types that a {@link Guest} may take and give, by PyTorch's names and numbers. */
public enum ScalarType {
  FLOAT32("float32", 6),
  FLOAT16("float16", 5),
  BFLOAT16("bfloat16", 15),
  FLOAT64("float64", 7),
  INT64("int64", 4),
  INT32("int32", 3),
  BOOL("bool", 11);

  private final String word;
  private final int number;

  ScalarType(String word, int number) {
    this.word = word;
    this.number = number;
  }

  /** PyTorch's name, without {@code torch.}. */
  public String word() {
    return word;
  }

  /** What TorchScript calls it. */
  int number() {
    return number;
  }

  /** Whether it holds fractions. */
  public boolean fractional() {
    return this != INT64 && this != INT32 && this != BOOL;
  }

  /** The type of that name. */
  public static Optional<ScalarType> of(String word) {
    return Arrays.stream(values()).filter(each -> each.word.equals(word)).findFirst();
  }

  /** All names, for messages. */
  public static String words() {
    return Arrays.stream(values()).map(ScalarType::word).collect(Collectors.joining(", "));
  }
}
