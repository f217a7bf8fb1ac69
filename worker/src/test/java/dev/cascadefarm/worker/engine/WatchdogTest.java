package dev.cascadefarm.worker.engine;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class WatchdogTest {
  private final List<String> exits = new ArrayList<>();
  private final AtomicLong nanos = new AtomicLong(Long.MAX_VALUE - 5);
  private final Watchdog watchdog = new Watchdog("cpu", exits::add, nanos::get);

  @Test
  void look_callWithinItsLimit_isLeftAlone() {
    watchdog.enter("tick", Duration.ofSeconds(1));
    nanos.addAndGet(Duration.ofMillis(999).toNanos());
    watchdog.look();

    assertThat(exits).isEmpty();
  }

  @Test
  void look_callBeyondItsLimit_endsTheProcessOnce() {
    watchdog.enter("load of base@1", Duration.ofSeconds(1));
    nanos.addAndGet(Duration.ofSeconds(1).toNanos());
    watchdog.look();
    watchdog.look();

    assertThat(exits).singleElement().asString().contains("load of base@1").contains("PT1S");
  }

  @Test
  void look_callThatReturned_isForgotten() {
    watchdog.enter("tick", Duration.ofSeconds(1));
    watchdog.leave();
    nanos.addAndGet(Duration.ofHours(1).toNanos());
    watchdog.look();

    assertThat(exits).isEmpty();
  }
}
