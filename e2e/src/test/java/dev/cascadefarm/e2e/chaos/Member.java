package dev.cascadefarm.e2e.chaos;

import dev.cascadefarm.e2e.process.FarmProcess;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * One place in the farm: a process, and after its end the next one in its place. Used by one
 * thread.
 */
final class Member {
  private final String name;
  private final String readyMark;
  private final Supplier<FarmProcess> starter;
  private @Nullable FarmProcess process;
  private boolean paused;
  private boolean leaving;

  /**
   * A place without a process yet.
   *
   * @param readyMark what a process prints that has started
   */
  Member(String name, String readyMark, Supplier<FarmProcess> starter) {
    this.name = name;
    this.readyMark = readyMark;
    this.starter = starter;
  }

  String name() {
    return name;
  }

  void start() {
    process = starter.get();
    paused = false;
    leaving = false;
  }

  FarmProcess process() {
    if (process == null) {
      throw new IllegalStateException(name + ": nothing runs (expected: a process)");
    }
    return process;
  }

  /** Whether its process serves. */
  boolean up() {
    return process != null
        && !paused
        && !leaving
        && process.alive()
        && process.out().contains(readyMark);
  }

  /** Whether its process has ended though nobody killed it. */
  boolean ended() {
    return process != null && !process.alive();
  }

  /** Ends the process as a power cut would; the place is empty then. */
  void kill() {
    process().kill();
    process = null;
  }

  /** Asks the process to stop; it counts as ended by itself when it has. */
  void terminate() {
    leaving = true;
    process().terminate();
  }

  boolean leaving() {
    return leaving;
  }

  void pause() {
    process().pause();
    paused = true;
  }

  void resume() {
    process().resume();
    paused = false;
  }
}
