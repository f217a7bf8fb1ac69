package dev.cascadefarm.common.queue;

/** The queue cannot take this call as it is; repeating it will not help. */
public final class QueueRefusedException extends RuntimeException {
  private final Reason reason;

  QueueRefusedException(Reason reason, String message) {
    super(message);
    this.reason = reason;
  }

  public Reason reason() {
    return reason;
  }

  /** What stands against the call. */
  public enum Reason {
    /** The keys in Redis were written by another version of the farm. */
    WRONG_SCHEMA,
    /** The plan names a bundle that is registered with another digest. */
    WRONG_BUNDLE,
    /** A script failed: a defect, or keys of somebody else under the farm's prefix. */
    BROKEN
  }
}
