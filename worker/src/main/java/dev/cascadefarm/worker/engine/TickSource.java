package dev.cascadefarm.worker.engine;

import java.time.Duration;

/** Something that takes turns on the {@link EngineThread}, one short tick at a time. */
public interface TickSource {
  /** Who is ticking, for the watchdog's message. */
  String name();

  /** Whether a tick has anything to do. Thread-safe, and cheap: asked before every turn. */
  boolean busy();

  /** Does one turn's work. Runs on the engine thread; must not wait for anything but the engine. */
  void tick();

  /** How long one tick may take before the process counts as hung. */
  Duration limit();
}
