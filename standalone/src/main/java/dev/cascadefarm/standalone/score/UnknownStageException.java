package dev.cascadefarm.standalone.score;

import java.util.List;

/** A stage to be judged that draws no pictures in the cascade. */
public final class UnknownStageException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  UnknownStageException(String stage, List<String> drawing) {
    super("stage: " + stage + " (expected: one of " + drawing + ")");
  }
}
