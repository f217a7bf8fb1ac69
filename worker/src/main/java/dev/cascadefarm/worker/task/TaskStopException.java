package dev.cascadefarm.worker.task;

import dev.cascadefarm.common.queue.TaskQueue.Failure;
import dev.cascadefarm.common.queue.TaskQueue.Renewal;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Why work on a task ended early, and how the lease is to be given back. Carries no stack trace: it
 * is an outcome.
 */
final class TaskStopException extends RuntimeException {
  private final Failure.@Nullable Kind kind;

  private TaskStopException(Failure.@Nullable Kind kind, String message) {
    super(message, null, false, false);
    this.kind = kind;
  }

  static TaskStopException failed(Failure.Kind kind, String reason) {
    return new TaskStopException(kind, reason);
  }

  static TaskStopException released() {
    return new TaskStopException(Failure.Kind.RELEASED, "the worker is leaving");
  }

  static TaskStopException leaseEnded(Renewal.Answer answer) {
    return switch (answer) {
      case CANCEL -> new TaskStopException(Failure.Kind.CANCELLED, "the job is being cancelled");
      case DEADLINE -> new TaskStopException(Failure.Kind.TASK, "ran past its hard time limit");
      case LOST -> new TaskStopException(null, "the lease is lost");
      case OK -> throw new IllegalArgumentException("answer: OK (expected: an end of the lease)");
    };
  }

  /** How to give the lease back; empty if it is somebody else's and nothing is to be said. */
  Optional<Failure.Kind> kind() {
    return Optional.ofNullable(kind);
  }
}
