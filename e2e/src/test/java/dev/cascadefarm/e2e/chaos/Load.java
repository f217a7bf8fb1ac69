package dev.cascadefarm.e2e.chaos;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.cascadefarm.e2e.client.PlainClient;
import dev.cascadefarm.e2e.client.Watcher;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Clients that submit a job, follow it to its end and submit the next one. What they submit is a
 * function of the seed, when they do is not. Thread-safe.
 */
final class Load implements AutoCloseable {
  private static final Duration JOB = Duration.ofMinutes(10);
  private static final double IMPATIENT_SHARE = 0.1;
  private static final int LEAST_STEPS = 5;
  private static final int MOST_STEPS = 60;
  private static final int MOST_IMAGES = 2;

  private final Submitter submitter;
  private final PlainClient client;
  private final History history;
  private final ExecutorService threads = Executors.newCachedThreadPool();
  private final List<Future<?>> clients = new ArrayList<>();
  private final AtomicBoolean over = new AtomicBoolean();
  private final AtomicLong numbers = new AtomicLong();

  Load(Submitter submitter, PlainClient client, History history) {
    this.submitter = submitter;
    this.client = client;
    this.history = history;
  }

  /** Starts clients. */
  void start(int count, long seed) {
    for (int i = 0; i < count; i++) {
      Random random = new Random(seed + i);
      clients.add(threads.submit(() -> live(random)));
    }
  }

  /** Submits no more; waits until each client has seen the end of its job, or given up. */
  void finish() throws Exception {
    over.set(true);
    for (Future<?> each : clients) {
      each.get(2 * JOB.toSeconds(), TimeUnit.SECONDS);
    }
  }

  private Void live(Random random) throws Exception {
    while (!over.get()) {
      Submission next = next(random);
      Optional<String> job = submitter.submit(next);
      if (job.isPresent()) {
        follow(job.get(), next.key());
      }
    }
    return null;
  }

  private Submission next(Random random) {
    long number = numbers.incrementAndGet();
    boolean patient = random.nextDouble() >= IMPATIENT_SHARE;
    String body =
        "{\"cascade\":\"tiny\",\"prompt\":\"a red circle\",\"seed\":%d,\"n\":%d,\"set\":{\"base\":{\"steps\":%d},\"sr64\":{\"steps\":4}}}"
            .formatted(
                number,
                random.nextInt(1, MOST_IMAGES + 1),
                random.nextInt(LEAST_STEPS, MOST_STEPS + 1));
    return new Submission("k" + number, number, body, patient);
  }

  private void follow(String job, String reader) throws Exception {
    try (Watcher watcher = client.watch(job)) {
      boolean ended = ends(watcher);
      ObjectNode line = History.line("watch").put("reader", reader).put("job", job);
      ArrayNode events = line.put("ended", ended).putArray("events");
      for (JsonNode event : watcher.heard()) {
        if (event.has("seq")) {
          events
              .addObject()
              .put("seq", event.path("seq").asLong())
              .put("type", event.path("type").asText());
        }
      }
      history.add(line.put("connections", watcher.connections()));
    }
  }

  private static boolean ends(Watcher watcher) throws Exception {
    try {
      watcher.closeCode(JOB);
      return true;
    } catch (TimeoutException e) {
      return false;
    }
  }

  @Override
  public void close() {
    over.set(true);
    threads.shutdownNow();
  }
}
