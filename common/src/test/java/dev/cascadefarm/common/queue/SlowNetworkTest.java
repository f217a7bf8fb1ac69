package dev.cascadefarm.common.queue;

import static org.assertj.core.api.Assertions.assertThat;

import dev.cascadefarm.testing.RedisExtension;
import dev.cascadefarm.testing.TestRedis;
import dev.cascadefarm.testing.fault.Link;
import java.time.Duration;
import java.util.Collections;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** A network that is slow but whole disturbs nobody, as long as answers come within the deadline. */
@Tag("integration")
@ExtendWith(RedisExtension.class)
class SlowNetworkTest {
  private static final Duration DEADLINE = Duration.ofSeconds(5);

  private FaultyQueue farm;

  @BeforeEach
  void open(TestRedis redis) {
    farm = new FaultyQueue(redis.url(), config -> config.withCommandDeadline(DEADLINE));
  }

  @AfterEach
  void close() {
    farm.close();
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
    Load load = new Load(farm, Collections.nCopies(4, farm.queue), jobs).submitted();
    farm.proxy.link(link);
    load.run(() -> {});
    load.assertAllOnce();
    assertThat(farm.repeats).hasValue(0);
    assertThat(farm.proxy.accepted()).isEqualTo(2);
  }
}
