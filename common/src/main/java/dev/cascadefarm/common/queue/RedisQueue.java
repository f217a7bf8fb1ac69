package dev.cascadefarm.common.queue;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.security.SecureRandom;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The queue in Redis: both its sides over one gateway. Call {@link #start} before anything else,
 * {@link #close} at the end. Thread-safe.
 */
public final class RedisQueue {
  private final RedisGateway gateway;
  private final JobQueue jobs;
  private final TaskQueue tasks;
  private final QueueControl control;
  private final JobRetention retention;
  private final QueueAudit audit;

  public RedisQueue(Vertx vertx, QueueConfig config, QueueHints hints) {
    this(vertx, config, hints, new ReapGuard(config.leases().length(), System.nanoTime()));
  }

  RedisQueue(Vertx vertx, QueueConfig config, QueueHints hints, ReapGuard guard) {
    this.gateway = new RedisGateway(vertx, config, hints);
    this.jobs = new RedisJobQueue(gateway, new Reaper(gateway, guard));
    this.tasks = new RedisTaskQueue(gateway, new SecureRandom(), new SplittableRandom());
    this.control = new RedisQueueControl(gateway);
    this.retention = new RedisJobRetention(gateway);
    this.audit = new RedisQueueAudit(gateway, control, jobs);
  }

  /**
   * Connects, and checks that this Redis keeps what it acknowledges.
   *
   * @return fails with {@link RedisSettingsException} if it does not, with {@link
   *     QueueUnavailableException} if it does not answer; call again then
   */
  public Future<Void> start() {
    return gateway.start().compose(v -> RedisSettings.check(gateway));
  }

  /** The coordinator's side. */
  public JobQueue jobs() {
    return jobs;
  }

  /** The worker's side. */
  public TaskQueue tasks() {
    return tasks;
  }

  /** The operator's side. */
  public QueueControl control() {
    return control;
  }

  /** What is left of ended jobs. */
  public JobRetention retention() {
    return retention;
  }

  /** Compares what the queue keeps twice. */
  public QueueAudit audit() {
    return audit;
  }

  /**
   * Names of the scripts by which a worker claims and completes, by the SHA-1 that stands for them
   * in what goes to Redis.
   */
  public static Map<String, String> workerScripts() {
    return Stream.of(Script.CLAIM, Script.COMPLETE)
        .collect(Collectors.toMap(Script::sha, Script::name));
  }

  /** Closes the connections; calls under way fail. */
  public Future<Void> close() {
    return gateway.close();
  }
}
