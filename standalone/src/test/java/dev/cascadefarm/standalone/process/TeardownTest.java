package dev.cascadefarm.standalone.process;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class TeardownTest {
  private final List<String> stopped = new ArrayList<>();

  @Test
  void close_severalParts_reverseOrderOnceDespiteFailure() {
    Teardown teardown = new Teardown();
    teardown.push("first", () -> stopped.add("first"));
    teardown.push(
        "second",
        () -> {
          throw new IOException("stuck");
        });
    teardown.push("third", () -> stopped.add("third"));
    teardown.close();
    teardown.close();
    assertThat(stopped).containsExactly("third", "first");
  }

  @Test
  void push_afterClose_stoppedAtOnce() {
    Teardown teardown = new Teardown();
    teardown.close();
    teardown.push("late", () -> stopped.add("late"));
    assertThat(stopped).containsExactly("late");
  }
}
