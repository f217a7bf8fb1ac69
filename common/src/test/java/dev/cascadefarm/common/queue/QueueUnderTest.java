package dev.cascadefarm.common.queue;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.redis.client.Command;
import io.vertx.redis.client.Request;
import java.lang.reflect.Field;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * The queue on a real Redis, with everything that is left to chance in the hands of a test: time is
 * a key in Redis, nonces count, jitter is set. Scripts may be altered. Commands take effect in the
 * order in which they were asked for, so that a test need not wait for one before the next.
 */
public final class QueueUnderTest implements AutoCloseable {
  private static final String NOW_KEY = "farm:{0}:now";
  private static final int NONCE_BYTES = 16;
  private static final String TIME =
      """
      local clock = redis.call('TIME')
      local now = clock[1] * 1000 + math.floor(clock[2] / 1000)
      """;
  private static final Script INSPECT = Script.load("inspect");

  private final Vertx vertx = Vertx.vertx();
  private final HintLog hints = new HintLog();
  private final PlannedChance.Nonces nonces = new PlannedChance.Nonces();
  private final PlannedChance.Jitter jitter = new PlannedChance.Jitter();
  private final AlteredGateway gateway;
  private final JobQueue jobs;
  private final TaskQueue tasks;
  private final QueueControl control;
  private final JobRetention retention;
  private final QueueAudit audit;

  private QueueUnderTest(QueueConfig config, Alterations alterations) {
    Alterations all =
        alterations.replace(
            "every script", TIME, "local now = tonumber(redis.call('GET', P .. 'now'))\n");
    gateway = new AlteredGateway(vertx, config, hints, all);
    jobs =
        new RedisJobQueue(
            gateway, new Reaper(gateway, new ReapGuard(Duration.ZERO, System.nanoTime())));
    tasks = new RedisTaskQueue(gateway, nonces, jitter);
    control = new RedisQueueControl(gateway);
    retention = new RedisJobRetention(gateway);
    audit = new RedisQueueAudit(gateway, control, jobs);
  }

  /** Connects and teaches Redis every script, so that none has to be sent twice later. */
  public static QueueUnderTest open(QueueConfig config, Alterations alterations) {
    QueueUnderTest queue = new QueueUnderTest(config, alterations);
    await(queue.gateway.start());
    for (Script script : scripts()) {
      String text = queue.gateway.altered(script).text();
      await(queue.gateway.command(Request.cmd(Command.SCRIPT).arg("LOAD").arg(text)));
    }
    return queue;
  }

  private static List<Script> scripts() {
    List<Script> scripts = new ArrayList<>(List.of(INSPECT));
    for (Field field : Script.class.getDeclaredFields()) {
      if (field.getType() == Script.class) {
        try {
          scripts.add((Script) field.get(null));
        } catch (IllegalAccessException e) {
          throw new IllegalStateException(e);
        }
      }
    }
    return scripts;
  }

  public JobQueue jobs() {
    return jobs;
  }

  public TaskQueue tasks() {
    return tasks;
  }

  public QueueControl control() {
    return control;
  }

  public JobRetention retention() {
    return retention;
  }

  public QueueAudit audit() {
    return audit;
  }

  /** Empties Redis and begins to count nonces anew. */
  public void reset(long nowMs) {
    await(Future.all(gateway.command(Request.cmd(Command.FLUSHALL)), time(nowMs)));
    nonces.restart();
    hints.take();
  }

  /** Sets what scripts take for the time. */
  public Future<?> time(long nowMs) {
    return gateway.command(Request.cmd(Command.SET).arg(NOW_KEY).arg(Long.toString(nowMs)));
  }

  /** Sets the random number in [0, 1) that the next delay gets. */
  public void jitter(double next) {
    jitter.set(next);
  }

  /** The nonce that is drawn after {@code drawn} others. */
  public static String nonce(long drawn) {
    return PlannedChance.nonce(drawn, NONCE_BYTES);
  }

  /** Looks behind the queue as it is after all that was asked before. */
  public Future<Inspection> inspect() {
    return gateway.run(INSPECT, List.of()).map(this::inspection);
  }

  private Inspection inspection(ScriptReply reply) {
    Set<String> lines = new HashSet<>(Arrays.asList(reply.text(1).split("\n", -1)));
    lines.remove("");
    return new Inspection(ScriptReply.strings(reply.at(0)), lines, hints.take());
  }

  /**
   * What {@code inspect.lua} saw.
   *
   * @param wrong what must not be; empty if all is well
   * @param lines {@code JOB STATE LAST_EVENT} and {@code TASK STATE ATTEMPT}
   * @param hints names of bundles and jobs of which the queue hinted since the last look
   */
  public record Inspection(List<String> wrong, Set<String> lines, Set<String> hints) {}

  /** Waits at most ten seconds. */
  public static <T> T await(Future<T> future) {
    try {
      return future.await(10, TimeUnit.SECONDS);
    } catch (TimeoutException e) {
      throw new AssertionError("no answer (expected: within 10 s)", e);
    }
  }

  @Override
  public void close() {
    await(gateway.close());
    await(vertx.close());
  }
}
