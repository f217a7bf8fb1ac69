package dev.cascadefarm.diffusion.torchscript;

import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Refuses code that calls operators which PyTorch itself does not have, or which reach for files.
 * This finds mistakes early and is no sandbox: a program has other ways to do harm.
 */
final class ForbiddenCalls {
  private static final Set<String> NAMESPACES = Set.of("aten", "prim", "quantized");
  private static final List<String> FILES = List.of("save", "from_file", "load");
  private static final Pattern OPERATOR = Pattern.compile("(?<![\\w.])ops\\.(\\w+)\\.(\\w+)");
  private static final Pattern FILE_CALL =
      Pattern.compile("(?<![\\w.])(?:torch|ops\\.aten)\\.(" + String.join("|", FILES) + ")\\(");

  private ForbiddenCalls() {}

  /**
   * Looks through a source.
   *
   * @throws TorchScriptException naming the operator
   */
  static void check(Path path, String entry, String code) {
    Matcher operators = OPERATOR.matcher(code);
    while (operators.find()) {
      if (!NAMESPACES.contains(operators.group(1))) {
        throw refused(
            path,
            entry,
            operators.group(1) + "::" + operators.group(2),
            "operators of PyTorch itself; the farm has no others");
      }
    }
    Matcher files = FILE_CALL.matcher(code);
    if (files.find()) {
      throw refused(path, entry, "aten::" + files.group(1), "no access to files");
    }
  }

  private static TorchScriptException refused(
      Path path, String entry, String operator, String expected) {
    return new TorchScriptException(
        "%s: %s: operator %s (expected: %s)".formatted(path, entry, operator, expected));
  }
}
