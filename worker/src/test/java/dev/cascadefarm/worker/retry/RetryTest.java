package dev.cascadefarm.worker.retry;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.util.Random;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class RetryTest {
  private static final Duration TICK = Duration.ofMillis(1);

  private final Vertx vertx = Vertx.vertx();
  private final AtomicInteger attempts = new AtomicInteger();

  @AfterEach
  void close() throws Exception {
    vertx.close().await(5, SECONDS);
  }

  @Test
  void run_failsTwiceThenSucceeds_givesTheResult() throws Exception {
    Supplier<Future<String>> work =
        () ->
            attempts.incrementAndGet() < 3
                ? Future.failedFuture("not yet")
                : Future.succeededFuture("done");

    assertThat(retry(Duration.ofSeconds(5)).run(work, e -> true).await(5, SECONDS))
        .isEqualTo("done");
    assertThat(attempts).hasValue(3);
  }

  @Test
  void run_errorThatWillNotPass_isNotTriedAgain() {
    assertThatThrownBy(
            () -> retry(Duration.ofSeconds(5)).run(this::failing, e -> false).await(5, SECONDS))
        .hasMessage("no");
    assertThat(attempts).hasValue(1);
  }

  @Test
  void run_patienceEnds_givesTheLastError() {
    assertThatThrownBy(
            () -> retry(Duration.ofMillis(50)).run(this::failing, e -> true).await(5, SECONDS))
        .hasMessage("no");
    assertThat(attempts).hasValueGreaterThan(2);
  }

  @Test
  void run_attemptWithoutAnAnswer_isTriedAgain() throws Exception {
    Retry retry =
        new Retry(
            vertx,
            new Random(1),
            new Patience(TICK, TICK, Duration.ofSeconds(5)),
            Duration.ofMillis(20));
    Supplier<Future<String>> work =
        () ->
            attempts.incrementAndGet() == 1
                ? Promise.<String>promise().future()
                : Future.succeededFuture("late");

    assertThat(retry.run(work, e -> e instanceof TimeoutException).await(5, SECONDS))
        .isEqualTo("late");
  }

  @Test
  void run_attemptThatThrows_failsTheFuture() {
    assertThatThrownBy(
            () ->
                retry(Duration.ZERO)
                    .run(
                        () -> {
                          throw new IllegalStateException("thrown");
                        },
                        e -> false)
                    .await(5, SECONDS))
        .hasMessage("thrown");
  }

  @Test
  void nextDelay_grows_andStaysWithinItsBounds() {
    Patience patience =
        new Patience(Duration.ofMillis(100), Duration.ofSeconds(5), Duration.ofHours(1));
    Random random = new Random(7);
    long delay = 0;
    long longest = 0;
    for (int i = 0; i < 1000; i++) {
      long next = patience.nextDelayMillis(delay, random);
      assertThat(next).isBetween(100L, Math.max(100, Math.min(5000, 3 * delay)));
      delay = next;
      longest = Math.max(longest, next);
    }
    assertThat(longest).isGreaterThan(4000);
  }

  private Future<String> failing() {
    attempts.incrementAndGet();
    return Future.failedFuture(new IllegalStateException("no"));
  }

  private Retry retry(Duration total) {
    return new Retry(
        vertx,
        new Random(1),
        new Patience(TICK, Duration.ofMillis(5), total),
        Duration.ofSeconds(1));
  }
}
