package dev.cascadefarm.standalone.cli;

/** The exit codes of every command. */
final class ExitCode {
  static final int DONE = 0;

  /** The job, or the command itself, failed. */
  static final int FAILED = 1;

  /** Arguments, configuration or request that cannot be used. */
  static final int USAGE = 2;

  private ExitCode() {}
}
