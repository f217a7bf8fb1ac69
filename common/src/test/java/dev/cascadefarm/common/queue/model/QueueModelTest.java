package dev.cascadefarm.common.queue.model;

import static org.assertj.core.api.Assertions.assertThat;

import dev.cascadefarm.common.queue.QueueUnderTest;
import dev.cascadefarm.testing.TestRedis;
import java.util.List;
import java.util.Locale;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.EdgeCasesMode;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.ShrinkingMode;
import net.jqwik.api.Tag;
import net.jqwik.api.lifecycle.AfterContainer;
import net.jqwik.api.lifecycle.BeforeContainer;
import net.jqwik.api.lifecycle.PerProperty;
import net.jqwik.api.lifecycle.PerProperty.Lifecycle;
import net.jqwik.api.lifecycle.PropertyExecutionResult;

/** The real queue answers as the model does, whatever it is asked in whatever order. */
@Tag("integration")
class QueueModelTest {
  private static final double NANOS_PER_SECOND = 1e9;

  private static TestRedis redis;
  private static QueueUnderTest queue;
  private static long operations;
  private static long reads;

  @BeforeContainer
  static void open() {
    redis = TestRedis.start();
    queue = QueueUnderTest.open(Names.config(redis.url()), Bounds.small());
  }

  @AfterContainer
  static void close() {
    queue.close();
    redis.close();
  }

  @Provide
  Arbitrary<List<Command>> sequences() {
    return Commands.sequences();
  }

  @Property(edgeCases = EdgeCasesMode.NONE, shrinking = ShrinkingMode.FULL)
  @PerProperty(Counted.class)
  void queue_anySequence_answersAsTheModel(@ForAll("sequences") List<Command> commands) {
    Trial trial = new Trial(queue);
    try {
      trial.run(commands);
    } finally {
      operations += trial.operations();
      reads += trial.reads();
    }
  }

  /** Prints how much was compared, and insists that it is enough. */
  static final class Counted implements Lifecycle {
    private static final long LEAST = 100_000;

    private long startNanos;

    @Override
    public void before(net.jqwik.api.lifecycle.PropertyLifecycleContext context) {
      operations = 0;
      reads = 0;
      startNanos = System.nanoTime();
    }

    @Override
    public void after(PropertyExecutionResult result) {
      double seconds = (System.nanoTime() - startNanos) / NANOS_PER_SECOND;
      System.out.printf(
          Locale.ROOT,
          "queue model · seed %s · %d operations, %d reads compared · %.1f s · %.0f/s%n",
          result.seed().orElse("none"),
          operations,
          reads,
          seconds,
          operations / seconds);
    }

    @Override
    public void onSuccess() {
      assertThat(operations).as("operations compared").isGreaterThanOrEqualTo(LEAST);
    }
  }
}
