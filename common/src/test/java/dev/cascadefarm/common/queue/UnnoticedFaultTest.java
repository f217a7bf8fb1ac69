package dev.cascadefarm.common.queue;

import static org.assertj.core.api.Assertions.assertThat;

import dev.cascadefarm.testing.RedisExtension;
import dev.cascadefarm.testing.TestRedis;
import dev.cascadefarm.testing.fault.Dose;
import dev.cascadefarm.testing.fault.Link;
import dev.cascadefarm.testing.fault.Mishap;
import dev.cascadefarm.testing.fault.Rule;
import io.vertx.redis.client.Command;
import java.time.Duration;
import java.util.Collections;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** What no caller notices, as long as answers come within the deadline. */
@Tag("integration")
@ExtendWith(RedisExtension.class)
class UnnoticedFaultTest {
  private static final Duration DEADLINE = Duration.ofSeconds(10);

  private FaultyQueue farm;

  @BeforeEach
  void open(TestRedis redis) {
    farm = new FaultyQueue(redis.url(), config -> config.withCommandDeadline(DEADLINE));
  }

  @AfterEach
  void close() {
    farm.close();
  }

  private Load load(int workers, int jobs) {
    return new Load(farm, Collections.nCopies(workers, farm.queue), jobs).submitted();
  }

  static Stream<Arguments> links() {
    Link clear = Link.CLEAR;
    return Stream.of(
        Arguments.of("1 ms", clear.withLatency(Duration.ofMillis(1), Duration.ofMillis(1)), 4),
        Arguments.of("10 ms", clear.withLatency(Duration.ofMillis(10), Duration.ofMillis(10)), 4),
        Arguments.of("100 ms", clear.withLatency(Duration.ofMillis(100), Duration.ofMillis(50)), 2),
        Arguments.of("byte by byte", clear.withSlice(1), 4),
        Arguments.of("10 KB/s", clear.withBytesPerSecond(10_240), 2));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("links")
  void slowNetwork_everyCallAnsweredTheFirstTime(String name, Link link, int jobs) {
    Load load = load(4, jobs);
    farm.proxy.link(link);
    load.run(() -> {});
    load.assertAllOnce();
    assertThat(farm.repeats).hasValue(0);
    assertThat(farm.proxy.accepted()).isEqualTo(2);
  }

  @Test
  void everyRequestDeliveredTwice_everythingDoneOnce() {
    Load load = load(4, 6);
    farm.proxy.rules(Rule.all(Dose.always(), new Mishap.Repeat()));
    load.run(() -> {});
    load.assertAllOnce();
    assertThat(farm.repeats).hasValue(0);
  }

  @Test
  void scriptsForgottenAllTheTime_unnoticed() {
    Load load = load(4, 20);
    int[] flushes = {0};
    load.run(() -> flushAfterEvery(load, 20, flushes));
    load.assertAllOnce();
    assertThat(farm.repeats).hasValue(0);
    assertThat(flushes[0]).isGreaterThanOrEqualTo(4);
    assertThat(farm.proxy.seen("claim") + farm.proxy.seen("complete") + farm.proxy.seen("renew"))
        .as("requests, of which %d tasks need at least two each", load.tasks())
        .isLessThan(6L * load.tasks());
  }

  private void flushAfterEvery(Load load, int tasks, int[] flushes) {
    if (load.done() >= (flushes[0] + 1) * tasks) {
      farm.raw.ask(Command.SCRIPT, "FLUSH");
      flushes[0]++;
    }
  }

  @Test
  void scriptUnknownThoughJustLoaded_textIsSentOnceAndWorks() {
    farm.proxy.rules(
        new Rule(
            call -> call.subject().equals("EVALSHA"),
            Dose.always(),
            Mishap.redisError("NOSCRIPT No matching script.")));
    Load load = load(2, 2);
    load.run(() -> {});
    load.assertAllOnce();
    assertThat(farm.repeats).hasValue(0);
  }
}
