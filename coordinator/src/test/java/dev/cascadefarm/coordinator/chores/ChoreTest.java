package dev.cascadefarm.coordinator.chores;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class ChoreTest {
  private final Vertx vertx = Vertx.vertx();
  private final AtomicInteger looks = new AtomicInteger();
  private final Promise<Void> fourth = Promise.promise();

  @AfterEach
  void stop() throws Exception {
    vertx.close().await(10, TimeUnit.SECONDS);
  }

  /** Throws the first time, fails the second, succeeds from then on. */
  private Future<Void> look() {
    int look = looks.incrementAndGet();
    if (look == 4) {
      fourth.complete();
    }
    if (look == 1) {
      throw new IllegalStateException("thrown");
    }
    return look == 2 ? Future.failedFuture("failed") : Future.succeededFuture();
  }

  private Chore chore() {
    return new Chore(vertx, "looking", Duration.ofMillis(5), new SplittableRandom(1), this::look);
  }

  @Test
  void start_failures_doNotEndTheLooking() throws Exception {
    chore().start();

    fourth.future().await(10, TimeUnit.SECONDS);

    assertThat(looks.get()).isGreaterThanOrEqualTo(4);
  }

  @Test
  void stop_beforeTheFirstLook_noLook() throws Exception {
    Chore chore = chore();
    chore.start();
    chore.stop();

    Future.<Void>future(done -> vertx.setTimer(50, timer -> done.complete()))
        .await(10, TimeUnit.SECONDS);

    assertThat(looks.get()).isZero();
  }
}
