package dev.cascadefarm.common.queue.model;

/**
 * One command with its choices. What it is about, it finds in the state that it meets, so that it
 * still means something when those before it are taken away.
 */
interface Command {
  /** Asks the model and the queue, and compares. */
  void run(Trial trial);
}
