package dev.cascadefarm.testing.python;

import java.util.List;

/**
 * The Python tier cannot run; the message says what is missing and how to get it. It has no stack
 * trace, because nothing in the code is at fault.
 */
public final class PythonUnavailableException extends RuntimeException {
  /** What makes the packages and runs the tier, typed in the root of the repository. */
  public static final List<String> REMEDY =
      List.of(
          "python3 -m venv .venv",
          ".venv/bin/pip install -r diffusion/src/test/python/requirements.txt",
          ".venv/bin/pip install --no-deps -r diffusion/src/test/python/requirements-no-deps.txt",
          "FARM_PYTHON=$PWD/.venv/bin/python mvn -P python verify");

  private static final long serialVersionUID = 1;

  PythonUnavailableException(List<String> command, String fault) {
    super(message(command, fault), null, false, false);
  }

  private static String message(List<String> command, String fault) {
    return "the Python tier cannot run: FARM_PYTHON: %s: %s (expected: the absolute path, or the name, of a Python with the packages of diffusion/src/test/python/requirements*.txt). In the root of the repository:\n  %s"
        .formatted(String.join(" ", command), fault, String.join("\n  ", REMEDY));
  }
}
