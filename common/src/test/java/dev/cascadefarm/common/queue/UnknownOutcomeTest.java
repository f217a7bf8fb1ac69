package dev.cascadefarm.common.queue;

import static org.assertj.core.api.Assertions.assertThat;

import dev.cascadefarm.testing.Eventually;
import dev.cascadefarm.testing.RedisExtension;
import dev.cascadefarm.testing.TestRedis;
import dev.cascadefarm.testing.fault.Dose;
import dev.cascadefarm.testing.fault.Mishap;
import dev.cascadefarm.testing.fault.Rule;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Each operation, struck by each thing that leaves its outcome unknown, and repeated until it is
 * answered: the answer is the first one, and Redis holds what one undisturbed call leaves.
 */
@Tag("integration")
@ExtendWith(RedisExtension.class)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class UnknownOutcomeTest {
  private static final Map<String, Mishap> MISHAPS =
      Map.of(
          "reply lost", Mishap.replyLost(),
          "reply cut", new Mishap.ReplyCut(3),
          "request cut", new Mishap.RequestCut(20),
          "delivered, then silence", new Mishap.Silence(true),
          "delivered twice", new Mishap.Repeat(),
          "overtaken by its repetition", new Mishap.Hold());

  private final Map<Operation, Outcome> undisturbed = new HashMap<>();
  private FaultyQueue farm;

  /** What the caller hears and what Redis holds. */
  private record Outcome(Object answer, Map<String, String> state) {}

  @BeforeAll
  void open(TestRedis redis) {
    farm =
        new FaultyQueue(
            redis.url(),
            config ->
                config.withLeases(
                    new QueueConfig.Leases(
                        Duration.ofMinutes(1), Duration.ZERO, Duration.ofHours(1))));
  }

  @AfterAll
  void close() {
    farm.close();
  }

  static Stream<Arguments> cases() {
    return Operation.all()
        .flatMap(
            operation ->
                MISHAPS.keySet().stream().sorted().map(mishap -> Arguments.of(operation, mishap)));
  }

  @ParameterizedTest(name = "{0}, {1}")
  @MethodSource("cases")
  void operation_struck_sameAnswerAndSameStateAsUndisturbed(Operation operation, String mishap) {
    Outcome expected = undisturbed.computeIfAbsent(operation, one -> run(one, new Mishap.None()));
    long struck = farm.proxy.struck(operation.script());

    Outcome outcome = run(operation, MISHAPS.get(mishap));

    assertThat(farm.proxy.struck(operation.script())).isEqualTo(struck + 1);
    assertThat(outcome.answer()).isEqualTo(expected.answer());
    assertThat(outcome.state()).isEqualTo(expected.state());
  }

  private Outcome run(Operation operation, Mishap mishap) {
    farm.empty();
    Supplier<? extends io.vertx.core.Future<?>> call = operation.given().apply(farm);
    int open = farm.proxy.open();
    farm.proxy.rules(Rule.on(operation.script(), Dose.first(1), mishap));
    Object answer = farm.answered(() -> call.get().map(each -> (Object) String.valueOf(each)));
    if (mishap instanceof Mishap.Hold) {
      farm.proxy.release();
      Eventually.holds("the first request to arrive late", () -> farm.proxy.open() == open);
    }
    Invariants.check(farm.raw);
    return new Outcome(answer, FarmState.of(farm.raw));
  }
}
