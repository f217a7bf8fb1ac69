package dev.cascadefarm.common.queue.model;

import dev.cascadefarm.common.queue.QueueUnderTest;
import dev.cascadefarm.testing.TestRedis;
import java.time.Duration;
import java.util.Locale;
import java.util.Optional;
import net.jqwik.api.sessions.JqwikSession;

/** The comparison with the model for as long as is asked: seconds, and a seed if not a new one. */
public final class LongRun {
  private static final Duration SHORTENING = Duration.ofMinutes(1);

  private LongRun() {}

  public static void main(String[] arguments) {
    Duration longest = Duration.ofSeconds(Long.parseLong(arguments[0]));
    long seed = arguments.length > 1 ? Long.parseLong(arguments[1]) : System.nanoTime();
    boolean[] differs = new boolean[1];
    JqwikSession.run(() -> differs[0] = differs(seed, longest));
    System.exit(differs[0] ? 1 : 0);
  }

  private static boolean differs(long seed, Duration longest) {
    try (TestRedis redis = TestRedis.start();
        QueueUnderTest queue = QueueUnderTest.open(Names.config(redis.url()), Bounds.small())) {
      Search search = new Search(queue, SHORTENING);
      Optional<Search.Found> found = search.find(seed, longest);
      System.out.printf(
          Locale.ROOT,
          "queue model · seed %d · %d operations · %s%n",
          seed,
          search.operations(),
          found.map(Search.Found::difference).orElse("no difference"));
      return found.isPresent();
    }
  }
}
