package dev.cascadefarm.worker.engine;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.Semaphore;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The thread on which every call into the model engine of one device runs. Single calls (load,
 * close) and ticks of the registered sources alternate; busy sources take turns, round robin. An
 * {@link Error} inside a call, or a call that outlives its limit, ends the process through the exit
 * hook: native state is then not to be trusted. Thread-safe.
 */
public final class EngineThread implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(EngineThread.class);
  private static final int MAX_WAITING_CALLS = 64;

  private final BlockingQueue<Call<?>> calls = new ArrayBlockingQueue<>(MAX_WAITING_CALLS);
  private final List<TickSource> sources = new CopyOnWriteArrayList<>();
  private final Semaphore work = new Semaphore(0);
  private final Watchdog watchdog;
  private final ExitHook exit;
  private final Thread thread;
  private volatile boolean closed;
  private int turn;

  /**
   * A thread that is not running yet.
   *
   * @param device names the thread, for example {@code cpu}
   * @param exit ends the process; tests pass something that only takes note
   */
  public EngineThread(String device, ExitHook exit) {
    this.exit = exit;
    this.watchdog = new Watchdog(device, exit, System::nanoTime);
    this.thread = new Thread(this::run, "farm-engine-" + device);
    thread.setDaemon(true);
  }

  /** Starts the thread and its watchdog. */
  public void start() {
    thread.start();
    watchdog.start();
  }

  /**
   * Runs one call between two ticks.
   *
   * @param limit how long it may run before the process counts as hung
   * @return completes on the engine thread: do nothing there but hand over to another
   * @throws RejectedExecutionException if the thread is closed or too many calls wait
   */
  public <T> CompletionStage<T> call(String what, Duration limit, Callable<T> body) {
    Call<T> call = new Call<>(what, limit, body, new CompletableFuture<>());
    if (closed || !calls.offer(call)) {
      throw new RejectedExecutionException(
          "engine call: " + what + " (expected: an open engine and < 64 calls waiting)");
    }
    wake();
    return call.result;
  }

  /** Lets a source take turns. */
  public void add(TickSource source) {
    sources.add(source);
    wake();
  }

  /** Takes a source out; a tick that is running is not waited for. */
  public void remove(TickSource source) {
    sources.remove(source);
  }

  /** Says that a source may have become busy. */
  public void wake() {
    if (work.availablePermits() == 0) {
      work.release();
    }
  }

  /** Stops after the turn that is running; calls that still wait fail. Idempotent. */
  @Override
  public void close() {
    closed = true;
    watchdog.close();
    wake();
  }

  private void run() {
    while (!closed) {
      boolean called = runNextCall();
      boolean ticked = tickNextSource();
      if (!called && !ticked) {
        awaitWork();
      }
    }
    refuseWaitingCalls();
  }

  private void awaitWork() {
    work.acquireUninterruptibly();
    work.drainPermits();
  }

  private boolean runNextCall() {
    Call<?> call = calls.poll();
    if (call == null) {
      return false;
    }
    watched(call.what, call.limit, call::run);
    return true;
  }

  private boolean tickNextSource() {
    TickSource source = nextBusy();
    if (source == null) {
      return false;
    }
    watched(source.name(), source.limit(), () -> tick(source));
    return true;
  }

  private @Nullable TickSource nextBusy() {
    Object[] present = sources.toArray();
    for (int i = 0; i < present.length; i++) {
      TickSource source = (TickSource) present[(turn + i) % present.length];
      if (source.busy()) {
        turn = (turn + i + 1) % present.length;
        return source;
      }
    }
    return null;
  }

  private static void tick(TickSource source) {
    try {
      source.tick();
    } catch (RuntimeException e) {
      // A source reports its own failures; one that does not must not take the others down.
      log.error("tick of {} failed", source.name(), e);
    }
  }

  private void watched(String what, Duration limit, Runnable body) {
    watchdog.enter(what, limit);
    try {
      body.run();
    } catch (Error e) {
      log.error("engine error in {}", what, e);
      exit.exit("engine error in " + what + ": " + e);
    } finally {
      watchdog.leave();
    }
  }

  private void refuseWaitingCalls() {
    for (Call<?> call = calls.poll(); call != null; call = calls.poll()) {
      call.result.completeExceptionally(
          new RejectedExecutionException("engine call: " + call.what + " (expected: open engine)"));
    }
  }

  private record Call<T>(
      String what, Duration limit, Callable<T> body, CompletableFuture<T> result) {
    // A failed call belongs to its caller, natives that cannot be linked too; any other Error is
    // also left to the thread's own guard.
    void run() {
      try {
        result.complete(body.call());
      } catch (Exception | LinkageError e) {
        result.completeExceptionally(e);
      } catch (Error e) {
        result.completeExceptionally(e);
        throw e;
      }
    }
  }
}
