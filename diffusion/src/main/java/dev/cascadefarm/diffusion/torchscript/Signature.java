package dev.cascadefarm.diffusion.torchscript;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A method as the code of a class declares it. The printer of PyTorch has one way to write it.
 *
 * @param method its name
 * @param arguments after {@code self}
 * @param returns its type
 */
record Signature(String method, List<Argument> arguments, String returns) {
  private static final String TENSOR = "Tensor";
  private static final Pattern TUPLE = Pattern.compile("Tuple\\[(Tensor(?:, Tensor)*)]");

  Signature {
    arguments = List.copyOf(arguments);
  }

  /**
   * An argument.
   *
   * @param optional whether it has a default
   */
  record Argument(String name, String type, boolean optional) {
    boolean takesTensor() {
      return type.equals(TENSOR) || type.equals("Optional[" + TENSOR + "]");
    }

    @Override
    public String toString() {
      return name + ": " + type + (optional ? "=…" : "");
    }
  }

  /** Every method in the code of a class. */
  static List<Signature> of(String code) {
    List<Signature> signatures = new ArrayList<>();
    Matcher heads =
        Pattern.compile("(?m)^ {2}def (\\w+)\\(([^)]*(?:\\)[^)]*)*?)\\) -> (.*):$").matcher(code);
    while (heads.find()) {
      List<Argument> arguments = new ArrayList<>();
      List<String> parts = parts(heads.group(2));
      for (String each : parts.subList(Math.min(1, parts.size()), parts.size())) {
        arguments.add(argument(each));
      }
      signatures.add(new Signature(heads.group(1), arguments, heads.group(3)));
    }
    return signatures;
  }

  private static Argument argument(String text) {
    int colon = text.indexOf(':');
    int equals = text.indexOf('=');
    String type = text.substring(colon + 1, equals < 0 ? text.length() : equals).strip();
    return new Argument(text.substring(0, Math.max(0, colon)).strip(), type, equals >= 0);
  }

  /** Splits at commas outside brackets. */
  private static List<String> parts(String text) {
    List<String> parts = new ArrayList<>();
    int depth = 0;
    int start = 0;
    for (int i = 0; i < text.length(); i++) {
      char each = text.charAt(i);
      if (each == '[' || each == '(') {
        depth++;
      } else if (each == ']' || each == ')') {
        depth--;
      } else if (each == ',' && depth == 0) {
        parts.add(text.substring(start, i));
        start = i + 1;
      }
    }
    parts.add(text.substring(start));
    return parts.stream().filter(each -> !each.isBlank()).toList();
  }

  /** Arguments that a caller must give. */
  int needed() {
    return (int) arguments.stream().filter(each -> !each.optional()).count();
  }

  /** Tensors that it returns; 0 if it returns anything else. */
  int answers() {
    Matcher tuple = TUPLE.matcher(returns);
    if (tuple.matches()) {
      return tuple.group(1).split(",", -1).length;
    }
    return returns.equals(TENSOR) ? 1 : 0;
  }

  boolean single() {
    return returns.equals(TENSOR);
  }

  @Override
  public String toString() {
    List<String> texts = arguments.stream().map(Argument::toString).toList();
    return "%s(%s) -> %s".formatted(method, String.join(", ", texts), returns);
  }
}
