package dev.cascadefarm.worker.engine;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class EngineThreadTest {
  private static final Duration LIMIT = Duration.ofSeconds(20);

  private final BlockingQueue<String> exits = new LinkedBlockingQueue<>();
  private final BlockingQueue<String> turns = new LinkedBlockingQueue<>();
  private final EngineThread engine = new EngineThread("test", exits::add);

  @AfterEach
  void close() {
    engine.close();
  }

  @Test
  void ticks_busySources_takeTurns() throws InterruptedException {
    engine.add(new Ticker("a", 50));
    engine.add(new Ticker("idle", 0));
    engine.add(new Ticker("b", 50));
    engine.start();

    List<String> order = IntStream.range(0, 100).mapToObj(i -> takeTurn()).toList();

    for (int i = 1; i < order.size(); i++) {
      assertThat(order.get(i)).isNotEqualTo(order.get(i - 1));
    }
    assertThat(order).doesNotContain("idle");
  }

  @Test
  void call_whileSourcesAreBusy_runsBetweenTwoTicksOnTheSameThread() throws Exception {
    Ticker ticker = new Ticker("a", Integer.MAX_VALUE);
    engine.add(ticker);
    engine.start();

    String thread =
        engine
            .call("name", LIMIT, () -> Thread.currentThread().getName())
            .toCompletableFuture()
            .get(5, SECONDS);

    assertThat(thread).isEqualTo("farm-engine-test");
    ticker.left.set(0);
  }

  @Test
  void call_thatThrows_failsItsFutureAndNothingElse() throws Exception {
    engine.start();
    var failed =
        engine.call(
            "bad",
            LIMIT,
            () -> {
              throw new IllegalStateException("no");
            });

    assertThatThrownBy(() -> failed.toCompletableFuture().get(5, SECONDS))
        .isInstanceOf(ExecutionException.class)
        .hasRootCauseMessage("no");
    assertThat(engine.call("next", LIMIT, () -> 1).toCompletableFuture().get(5, SECONDS))
        .isEqualTo(1);
    assertThat(exits).isEmpty();
  }

  @Test
  void tick_thatThrows_leavesOtherSourcesTheirTurns() {
    engine.add(
        new Ticker("faulty", 3) {
          @Override
          public void tick() {
            super.tick();
            throw new IllegalStateException("a defect");
          }
        });
    engine.add(new Ticker("sound", 3));
    engine.start();

    assertThat(IntStream.range(0, 6).mapToObj(i -> takeTurn()).toList())
        .containsExactlyInAnyOrder("faulty", "faulty", "faulty", "sound", "sound", "sound");
  }

  @Test
  void error_insideACall_endsTheProcess() throws InterruptedException {
    engine.start();
    var unused =
        engine.call(
            "broken",
            LIMIT,
            () -> {
              throw new OutOfMemoryError("native");
            });

    assertThat(exits.poll(5, SECONDS)).contains("broken").contains("native");
  }

  @Test
  void call_thatNeverReturns_endsTheProcess() throws InterruptedException {
    CountDownLatch never = new CountDownLatch(1);
    engine.start();
    var unused =
        engine.call(
            "hung call",
            Duration.ofMillis(50),
            () -> {
              never.await();
              return 0;
            });

    assertThat(exits.poll(5, SECONDS)).contains("hung call").contains("PT0.05S");
    never.countDown();
  }

  @Test
  void call_afterClose_isRefused() {
    engine.start();
    engine.close();

    assertThatThrownBy(() -> engine.call("late", LIMIT, () -> 1))
        .isInstanceOf(RejectedExecutionException.class)
        .hasMessageContaining("late");
  }

  @Test
  void wake_sourceThatBecomesBusyLater_getsItsTurn() {
    Ticker ticker = new Ticker("late", 0);
    engine.add(ticker);
    engine.start();
    ticker.left.set(1);
    engine.wake();

    assertThat(takeTurn()).isEqualTo("late");
  }

  private String takeTurn() {
    try {
      String turn = turns.poll(5, SECONDS);
      assertThat(turn).as("a turn within 5 s").isNotNull();
      return turn;
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  private class Ticker implements TickSource {
    private final String name;
    final AtomicInteger left;

    Ticker(String name, int ticks) {
      this.name = name;
      this.left = new AtomicInteger(ticks);
    }

    @Override
    public String name() {
      return name;
    }

    @Override
    public boolean busy() {
      return left.get() > 0;
    }

    @Override
    public void tick() {
      left.decrementAndGet();
      if (turns.size() < 10_000) {
        turns.add(name);
      }
    }

    @Override
    public Duration limit() {
      return LIMIT;
    }
  }
}
