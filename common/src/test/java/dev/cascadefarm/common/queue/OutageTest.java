package dev.cascadefarm.common.queue;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.cascadefarm.common.bus.FarmBus;
import dev.cascadefarm.common.job.JobState;
import dev.cascadefarm.common.job.TaskId;
import dev.cascadefarm.common.queue.JobQueue.SubmitResult.Outcome;
import dev.cascadefarm.common.queue.TaskQueue.Claim;
import dev.cascadefarm.common.queue.TaskQueue.LeasedTask;
import dev.cascadefarm.common.queue.TaskQueue.Renewal;
import dev.cascadefarm.embedded.EmbeddedRedis;
import dev.cascadefarm.embedded.EmbeddedRedisConfig;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.redis.client.Command;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The queue on a Redis of its own, which is stopped, frozen, restarted and made to forget. */
@Tag("integration")
class OutageTest {
  private static final Duration DEADLINE = Duration.ofSeconds(1);

  private final Vertx vertx = Vertx.vertx();
  private EmbeddedRedisConfig settings;
  private EmbeddedRedis redis;
  private QueueConfig config;
  private RedisQueue queue;
  private RawRedis raw;

  @BeforeEach
  void setUp(@TempDir Path folder) {
    settings = EmbeddedRedisConfig.durable(folder);
    redis = EmbeddedRedis.start(settings);
    settings = settings.withPort(redis.port());
    config = QueueConfig.of(redis.url()).withCommandDeadline(DEADLINE);
    queue = new RedisQueue(vertx, config, new FarmBus(vertx.eventBus()));
    raw = new RawRedis(vertx, redis.url());
    QueueFixture.await(queue.start());
  }

  @AfterEach
  void tearDown() {
    raw.close();
    QueueFixture.await(queue.close());
    QueueFixture.await(vertx.close());
    redis.close();
  }

  private Outcome submit(String job) {
    return QueueFixture.await(queue.jobs().submit(QueueFixture.submission(job, 1))).outcome();
  }

  private LeasedTask claim(String request) {
    return QueueFixture.await(
            queue
                .tasks()
                .claim(
                    new Claim(
                        "w",
                        request,
                        QueueFixture.TEXT,
                        QueueFixture.digest(QueueFixture.TEXT),
                        1)))
        .tasks()
        .get(0);
  }

  /** Each try takes at most the deadline, so this ends. */
  private void awaitRecovery() {
    for (int i = 0; i < 40; i++) {
      try {
        QueueFixture.await(Future.all(queue.jobs().ready(), queue.tasks().renew("w", nobody())));
        return;
      } catch (QueueUnavailableException e) {
        assertThat(e).hasMessageContaining("Redis");
      }
    }
    throw new AssertionError("no recovery (expected: within 40 deadlines)");
  }

  private static List<Renewal> nobody() {
    return List.of(new Renewal(TaskId.parse("none:text:job"), "0", null));
  }

  /** The server chooses a password at each start; clients know only the first. */
  private void restart() {
    String password = redis.password();
    redis = EmbeddedRedis.start(settings);
    RawRedis admin = new RawRedis(vertx, redis.url());
    admin.ask(Command.CONFIG, "SET", "requirepass", password);
    admin.close();
  }

  private void assertUnavailableInTime() {
    long start = System.nanoTime();
    assertThatThrownBy(() -> submit("lost")).isInstanceOf(QueueUnavailableException.class);
    assertThatThrownBy(() -> QueueFixture.await(queue.tasks().renew("w", nobody())))
        .isInstanceOf(QueueUnavailableException.class);
    assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(DEADLINE.multipliedBy(4));
  }

  @Test
  void redisStoppedAndRestarted_unavailableInTimeThenGoesOnWithItsJobs() {
    submit("j");
    LeasedTask task = claim("r1");
    redis.close();
    assertUnavailableInTime();
    restart();
    awaitRecovery();
    assertThat(QueueFixture.await(queue.tasks().complete(QueueFixture.completion(task))))
        .isEqualTo(TaskQueue.ReportResult.OK);
    assertThat(QueueFixture.await(queue.jobs().job(QueueFixture.TENANT, "j")).orElseThrow().state())
        .isEqualTo(JobState.RUNNING);
  }

  @Test
  void redisRestarted_reaperWaitsALease() {
    submit("j");
    LeasedTask task = claim("r1");
    redis.close();
    restart();
    awaitRecovery();
    raw.close();
    raw = new RawRedis(vertx, config.redisUrl());
    raw.score("lease:text@1", 1, task.id().toString());
    assertThat(QueueFixture.await(queue.jobs().reap())).isEqualTo(new JobQueue.ReapResult(0, 0));
  }

  @Test
  void redisFrozen_unavailableInTimeThenGoesOn() throws Exception {
    submit("j");
    signal("STOP");
    try {
      assertUnavailableInTime();
    } finally {
      signal("CONT");
    }
    awaitRecovery();
    assertThat(claim("r1").id().job()).isEqualTo("j");
  }

  private void signal(String name) throws IOException, InterruptedException {
    assertThat(new ProcessBuilder("kill", "-" + name, Long.toString(redis.pid())).start().waitFor())
        .isZero();
  }

  @Test
  void claimRepeatedAfterLostReply_sameLease() {
    submit("j");
    LeasedTask first = claim("r1");
    raw.ask(Command.CLIENT, "KILL", "TYPE", "normal", "SKIPME", "yes");
    awaitRecovery();
    assertThat(claim("r1")).isEqualTo(first);
  }

  @Test
  void scriptsForgottenBetweenAnyTwoCalls_unnoticed() {
    submit("j");
    for (var bundle : List.of(QueueFixture.TEXT, QueueFixture.BASE, QueueFixture.SR)) {
      raw.ask(Command.SCRIPT, "FLUSH");
      LeasedTask task =
          QueueFixture.await(
                  queue
                      .tasks()
                      .claim(new Claim("w", "" + bundle, bundle, QueueFixture.digest(bundle), 1)))
              .tasks()
              .get(0);
      raw.ask(Command.SCRIPT, "FLUSH");
      QueueFixture.await(queue.tasks().complete(QueueFixture.completion(task)));
      Invariants.check(raw);
    }
    raw.ask(Command.SCRIPT, "FLUSH");
    assertThat(QueueFixture.await(queue.jobs().job(QueueFixture.TENANT, "j")).orElseThrow().state())
        .isEqualTo(JobState.SUCCEEDED);
  }

  @Test
  void tooManyCommandsAtOnce_restRejectedTyped() {
    RedisQueue narrow =
        new RedisQueue(vertx, config.withMaxInFlight(4), new FarmBus(vertx.eventBus()));
    QueueFixture.await(narrow.start());
    List<Future<Void>> calls = new ArrayList<>();
    for (int i = 0; i < 20; i++) {
      calls.add(narrow.jobs().ready());
    }
    for (Future<Void> call : calls) {
      try {
        QueueFixture.await(call);
      } catch (QueueSaturatedException e) {
        assertThat(e).hasMessageContaining("4");
      }
    }
    assertThat(calls.stream().filter(call -> call.cause() instanceof QueueSaturatedException))
        .hasSizeBetween(1, 16);
    QueueFixture.await(narrow.jobs().ready());
    QueueFixture.await(narrow.close());
  }

  @Test
  void start_settingThatLosesJobs_refusedUnlessAllowed() {
    raw.ask(Command.CONFIG, "SET", "appendfsync", "everysec");
    RedisQueue strict = new RedisQueue(vertx, config, new FarmBus(vertx.eventBus()));
    assertThatThrownBy(() -> QueueFixture.await(strict.start()))
        .isInstanceOf(RedisSettingsException.class)
        .hasMessage("Redis: appendfsync: everysec (expected: always)");
    QueueFixture.await(strict.close());
    RedisQueue lossy =
        new RedisQueue(vertx, config.withAllowLossy(true), new FarmBus(vertx.eventBus()));
    QueueFixture.await(lossy.start());
    QueueFixture.await(lossy.close());
  }

  @Test
  void start_wrongPassword_unavailableWithTheReason() {
    String wrong = config.redisUrl().replaceFirst("//:[^@]*@", "//:wrong@");
    RedisQueue stranger =
        new RedisQueue(
            vertx,
            QueueConfig.of(wrong).withCommandDeadline(DEADLINE),
            new FarmBus(vertx.eventBus()));
    assertThatThrownBy(() -> QueueFixture.await(stranger.start()))
        .isInstanceOf(QueueUnavailableException.class)
        .hasMessageContaining("WRONGPASS")
        .hasMessageNotContaining("wrong@");
    QueueFixture.await(stranger.close());
  }

  @Test
  void start_noRedis_unavailableInTime() {
    redis.close();
    RedisQueue late = new RedisQueue(vertx, config, new FarmBus(vertx.eventBus()));
    assertThatThrownBy(() -> QueueFixture.await(late.start()))
        .isInstanceOf(QueueUnavailableException.class)
        .hasMessageContaining(config.redisAddress());
    QueueFixture.await(late.close());
  }
}
