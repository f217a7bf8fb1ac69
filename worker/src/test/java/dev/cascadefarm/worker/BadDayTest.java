package dev.cascadefarm.worker;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;

import dev.cascadefarm.common.job.JobSpec;
import dev.cascadefarm.common.job.JobState;
import dev.cascadefarm.common.queue.JobEvent;
import dev.cascadefarm.common.queue.JobSnapshot;
import dev.cascadefarm.common.queue.QueueConfig;
import dev.cascadefarm.common.queue.QueueConfig.Delays;
import dev.cascadefarm.common.queue.QueueUnavailableException;
import dev.cascadefarm.common.queue.RedisQueue;
import dev.cascadefarm.common.store.StoreConfig;
import dev.cascadefarm.testing.Eventually;
import dev.cascadefarm.testing.RedisExtension;
import dev.cascadefarm.testing.StoreExtension;
import dev.cascadefarm.testing.TestRedis;
import dev.cascadefarm.testing.TestStore;
import dev.cascadefarm.testing.fault.Dose;
import dev.cascadefarm.testing.fault.FaultProxy;
import dev.cascadefarm.testing.fault.Link;
import dev.cascadefarm.testing.fault.Mishap;
import dev.cascadefarm.testing.fault.Rule;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.UUID;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/**
 * A farm of fake stages whose Redis and store stand behind proxies with a seeded schedule of
 * faults: in the end every accepted job has succeeded, once, with a log that has no gap.
 */
@Tag("integration")
@ExtendWith({RedisExtension.class, StoreExtension.class})
class BadDayTest {
  private static final long SEED = 20_261_122;
  private static final int FAULTS = 16;
  private static final Duration EACH = Duration.ofMillis(500);
  private static final int IMAGES = 2;
  private static final Duration SOON = Duration.ofMillis(50);

  private FaultProxy redis;
  private FaultProxy store;
  private FarmFixture farm;
  private RedisQueue undisturbed;

  @BeforeEach
  void open(TestRedis realRedis, TestStore realStore, @TempDir Path folder) throws Exception {
    redis = FaultProxy.redis(realRedis.url(), Map.of(), SEED);
    store = FaultProxy.http(realStore.endpoint(), SEED);
    StoreConfig config =
        StoreConfig.of(store.url(), realStore.accessKey(), realStore.secretKey(), "worker-bad-day")
            .withDeadline(Duration.ofSeconds(30));
    farm = new FarmFixture(realRedis, hurried(redis.url()), config, folder);
    undisturbed =
        new RedisQueue(
            farm.vertx,
            QueueConfig.of(realRedis.url())
                .withAllowLossy(true)
                .withCommandDeadline(Duration.ofSeconds(20)),
            farm.bus);
    undisturbed.start().await(30, SECONDS);
  }

  /** Leases, delays and deadlines of seconds, so that a bad day passes in seconds. */
  private static QueueConfig hurried(String url) {
    Delays delays = new Delays(SOON, SOON.multipliedBy(10));
    return QueueConfig.of(url)
        .withAllowLossy(true)
        .withCommandDeadline(Duration.ofSeconds(2))
        .withLeases(new QueueConfig.Leases(Duration.ofSeconds(3), SOON, Duration.ofHours(1)))
        .withRetries(new QueueConfig.Retries(5, 50, 50, delays, delays))
        .withBreaker(new QueueConfig.Breaker(5, Duration.ofSeconds(30), SOON));
  }

  @AfterEach
  void close() throws Exception {
    redis.calm();
    store.calm();
    undisturbed.close().await(30, SECONDS);
    farm.close();
    redis.close();
    store.close();
  }

  @Test
  void everythingFailsNowAndThen_everyJobSucceedsOnceWithoutAGapInItsLog() throws Exception {
    farm.startAll();
    farm.vertx.setPeriodic(200, id -> farm.jobs().reap());
    Random random = new Random(SEED);
    List<String> jobs = new ArrayList<>();
    for (int i = 0; i < FAULTS; i++) {
      JobSpec spec = FarmFixture.spec("a small blue square", IMAGES, i, "{\"rows\":4}");
      String job = UUID.randomUUID().toString();
      disturb(random);
      long end = System.nanoTime() + EACH.toNanos();
      boolean accepted = submits(job, spec);
      Eventually.holds("time to pass", () -> System.nanoTime() - end > 0);
      redis.calm();
      store.calm();
      // Under the same id until it is answered, as a client does with its key.
      farm.await("an answer to the submission", () -> accepted || submits(job, spec));
      jobs.add(job);
    }
    for (String job : jobs) {
      farm.await("job " + job, () -> job(job).state().terminal());
      assertOnce(job);
    }
    assertThat(redis.struck()).isGreaterThan(20);
    assertThat(store.struck()).isGreaterThan(20);
  }

  private void disturb(Random random) {
    switch (random.nextInt(10)) {
      case 0 -> redis.reset();
      case 1 -> redis.cut();
      case 2 -> redis.link(Link.CLEAR.withSilence(Link.Silence.BOTH));
      case 3 -> redis.link(Link.CLEAR.withLatency(SOON, SOON));
      case 4 -> redis.rules(Rule.all(Dose.share(0.2), Mishap.replyLost()));
      case 5 -> redis.rules(Rule.all(Dose.share(0.3), Mishap.redisError("LOADING not yet")));
      case 6 -> redis.rules(Rule.all(Dose.always(), new Mishap.Repeat()));
      case 7 -> store.cut();
      case 8 -> store.rules(Rule.all(Dose.share(0.5), Mishap.slowDown()));
      default ->
          store.rules(
              Rule.on("PUT", Dose.share(0.3), Mishap.replyLost()),
              Rule.on("PUT", Dose.share(0.3), new Mishap.RequestCut(100)),
              Rule.on("GET", Dose.share(0.5), new Mishap.Spoil()));
    }
  }

  private boolean submits(String job, JobSpec spec) throws Exception {
    try {
      farm.submit(job, spec, farm.plan());
      return true;
    } catch (QueueUnavailableException e) {
      return false;
    }
  }

  private JobSnapshot job(String job) throws Exception {
    return undisturbed.jobs().job(FarmFixture.TENANT, job).await(30, SECONDS).orElseThrow();
  }

  private void assertOnce(String job) throws Exception {
    List<JobEvent> events =
        undisturbed
            .jobs()
            .events(FarmFixture.TENANT, job, 0, 1000)
            .await(30, SECONDS)
            .orElseThrow()
            .events();
    assertThat(events.stream().map(JobEvent::seq))
        .isEqualTo(LongStream.rangeClosed(1, events.size()).boxed().toList());
    assertThat(events.stream().map(JobEvent::type))
        .containsOnlyOnce(JobEvent.JOB_SUCCEEDED)
        .endsWith(JobEvent.JOB_SUCCEEDED);
    assertThat(events.stream().map(JobEvent::type).filter(JobEvent.TASK_COMPLETED::equals))
        .hasSize(1 + 2 * IMAGES);
    JobSnapshot done = job(job);
    assertThat(done.state()).as("%s", done).isEqualTo(JobState.SUCCEEDED);
    for (int image = 0; image < IMAGES; image++) {
      assertThat(farm.image(done, "sr", image)).isNotEmpty();
    }
  }
}
