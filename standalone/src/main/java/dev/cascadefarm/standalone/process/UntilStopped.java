package dev.cascadefarm.standalone.process;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Runs a server until the process is asked to end, then stops it within a deadline. */
public final class UntilStopped {
  private static final Logger log = LoggerFactory.getLogger(UntilStopped.class);
  private static final Duration DEADLINE = Duration.ofSeconds(20);

  private UntilStopped() {}

  /**
   * Starts a server, says that it is there, and waits. A signal that comes while it starts is
   * obeyed as soon as it has started.
   *
   * @param <S> what is run; closing it stops it
   */
  public static <S extends AutoCloseable> void run(Supplier<S> start, Consumer<S> started)
      throws InterruptedException {
    CountDownLatch asked = new CountDownLatch(1);
    CountDownLatch stopped = new CountDownLatch(1);
    Thread hook = new Thread(() -> await(asked, stopped), "farm-stop");
    Runtime.getRuntime().addShutdownHook(hook);
    try {
      S server = start.get();
      try {
        started.accept(server);
        asked.await();
      } finally {
        close(server);
      }
    } finally {
      stopped.countDown();
    }
  }

  private static void await(CountDownLatch asked, CountDownLatch stopped) {
    asked.countDown();
    try {
      if (!stopped.await(DEADLINE.toMillis(), TimeUnit.MILLISECONDS)) {
        log.warn("not stopped within {} s", DEADLINE.toSeconds());
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private static void close(AutoCloseable server) {
    try {
      server.close();
    } catch (Exception e) {
      log.warn("did not stop cleanly", e);
    }
  }
}
