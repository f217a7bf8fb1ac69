package dev.cascadefarm.standalone.cli;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;

/**
 * Whether this process was asked to end, by Ctrl-C or a signal. The process then waits until the
 * work is closed, for a while. Thread-safe.
 */
final class StopSignal implements BooleanSupplier, AutoCloseable {
  /** A step and a checkpoint have to fit in. */
  private static final long STOP_SECONDS = 120;

  private final CountDownLatch asked = new CountDownLatch(1);
  private final CountDownLatch saved = new CountDownLatch(1);

  /** Starts to listen. */
  static StopSignal listen() {
    StopSignal signal = new StopSignal();
    Runtime.getRuntime().addShutdownHook(new Thread(signal::stop, "farm-stop"));
    return signal;
  }

  @Override
  public boolean getAsBoolean() {
    return asked.getCount() == 0;
  }

  private void stop() {
    asked.countDown();
    try {
      if (!saved.await(STOP_SECONDS, TimeUnit.SECONDS)) {
        System.err.println("farm: not saved within " + STOP_SECONDS + " s");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** Lets the process end. */
  @Override
  public void close() {
    saved.countDown();
  }
}
