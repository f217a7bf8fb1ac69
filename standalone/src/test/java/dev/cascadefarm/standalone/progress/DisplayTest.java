package dev.cascadefarm.standalone.progress;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import org.junit.jupiter.api.Test;

class DisplayTest {
  private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
  private final PrintStream out = new PrintStream(bytes, true, StandardCharsets.UTF_8);

  @Test
  void lines_steadyProgress_startNowAndThenEnd() {
    Ticker clock = new Ticker();
    try (LineDisplay display = new LineDisplay(out, clock)) {
      for (int step = 0; step <= 20; step++) {
        display.show("base", step, 20);
        clock.advance(Duration.ofSeconds(1));
      }
      display.note("warning: unknown word");
    }
    assertThat(text().lines())
        .containsExactly(
            "base: 0/20 steps",
            "base: 6/20 steps, 1.0 steps/s, 14 s left",
            "base: 12/20 steps, 1.0 steps/s, 8 s left",
            "base: 18/20 steps, 1.0 steps/s, 2 s left",
            "base: 20/20 steps, 1.0 steps/s",
            "warning: unknown word");
  }

  @Test
  void bars_twoStages_lastStateStaysAndNotesFollow() {
    try (BarDisplay display = new BarDisplay(out, 100)) {
      display.show("text", 1, 1);
      display.show("base", 5, 20, "loss 0.1");
      display.note("warning: unknown word");
      display.show("base", 20, 20);
    }
    assertThat(text()).contains("text", "1/1 steps", "20/20 steps");
    assertThat(text()).endsWith("warning: unknown word" + System.lineSeparator());
  }

  private String text() {
    return bytes.toString(StandardCharsets.UTF_8);
  }

  private static final class Ticker extends Clock {
    private Instant now = Instant.EPOCH;

    void advance(Duration time) {
      now = now.plus(time);
    }

    @Override
    public Instant instant() {
      return now;
    }

    @Override
    public ZoneId getZone() {
      return ZoneOffset.UTC;
    }

    @Override
    public Clock withZone(ZoneId zone) {
      return this;
    }
  }
}
