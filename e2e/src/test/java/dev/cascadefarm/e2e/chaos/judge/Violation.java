package dev.cascadefarm.e2e.chaos.judge;

/** Something that must not be, and where it was found. */
public record Violation(Kind kind, String text) {
  /** What was promised and not kept. */
  public enum Kind {
    /** G1: an acknowledged job is gone, has not ended, or has not ended well. */
    LOST,
    /** G2: a job that nobody submitted. */
    UNEXPECTED,
    /** G2, G3, G5: one submission with two jobs, or one task that was completed twice. */
    DOUBLED,
    /** G4: a completion was taken under a lease that was over. */
    STALE,
    /** G5: a task ran before what it builds on was there, or does not belong to its job. */
    ORDER,
    /** G6: event numbers with a gap or a repetition, or another end than one terminal event. */
    GAP,
    /** G7: the farm's own audit found something to mend. */
    AUDIT,
    /** G8: an object that was committed is not there, or is not what was committed. */
    OBJECT
  }
}
