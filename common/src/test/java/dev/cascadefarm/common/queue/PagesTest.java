package dev.cascadefarm.common.queue;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class PagesTest {
  private static final int MANY = 200_000;

  private final Vertx vertx = Vertx.vertx();
  private final Context context = vertx.getOrCreateContext();
  private final AtomicInteger asked = new AtomicInteger();

  @AfterEach
  void close() throws Exception {
    vertx.close().await(10, TimeUnit.SECONDS);
  }

  private Future<String> page(String cursor) {
    asked.incrementAndGet();
    Promise<String> promise = Promise.promise();
    int next = Integer.parseInt(cursor) + 1;
    context.runOnContext(v -> promise.complete(next == MANY ? "" : Integer.toString(next)));
    return promise.future();
  }

  @Test
  void all_morePagesThanAStackHolds_completesAfterTheLast() throws Exception {
    Pages.all("0", "", this::page).await(60, TimeUnit.SECONDS);

    assertThat(asked).hasValue(MANY);
  }

  @Test
  void all_pageFails_failsWithItsCause() {
    Future<Void> pages = Pages.all("0", "", cursor -> Future.failedFuture("no answer"));

    assertThatThrownBy(() -> pages.await(10, TimeUnit.SECONDS)).hasMessage("no answer");
  }
}
