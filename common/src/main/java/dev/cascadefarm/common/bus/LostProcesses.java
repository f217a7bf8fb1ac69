package dev.cascadefarm.common.bus;

import dev.cascadefarm.common.queue.ProcessName;
import java.util.function.Consumer;

/**
 * Tells of processes that the cluster has lost. A hint: whoever is lost to one part of a divided
 * cluster may be alive, and one that dies may not be noticed. Thread-safe.
 */
public interface LostProcesses {
  /** Nobody is ever lost: for a process on its own. */
  LostProcesses NONE = listener -> {};

  /** Hears of every loss from now on, on any thread; must return at once. */
  void onLost(Consumer<ProcessName> listener);
}
