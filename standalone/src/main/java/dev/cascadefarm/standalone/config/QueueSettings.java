package dev.cascadefarm.standalone.config;

import java.time.Duration;
import java.util.List;

/** Settings of Redis and of the queue in it. */
public final class QueueSettings {
  public static final Setting<String> REDIS_URL =
      new Setting<>(
          "redis.url", Kind.url("redis", "rediss"), null, true, "Redis, with its password");

  public static final Setting<Integer> REDIS_PORT =
      Setting.of("redis.port", Kinds.PORT, "0", "port of the embedded Redis; 0 takes a free one");

  public static final Setting<Boolean> REDIS_ALLOW_LOSSY =
      Setting.of(
          "redis.allow-lossy",
          Kind.flag(),
          "false",
          "whether to work on a Redis whose settings can lose jobs");

  public static final Setting<Duration> REDIS_COMMAND_DEADLINE =
      Setting.of("redis.command-deadline", Kinds.SHORT, "2s", "how long one command may take");

  public static final Setting<Integer> REDIS_MAX_IN_FLIGHT =
      Setting.of(
          "redis.max-in-flight",
          Kinds.COUNT,
          "1024",
          "commands of one process waiting for an answer");

  public static final Setting<Duration> LEASE =
      Setting.of(
          "queue.lease",
          Kinds.SHORT,
          "30s",
          "length of a worker's lease, renewed at a third of it");

  public static final Setting<Duration> KILL =
      Setting.of(
          "queue.kill",
          Kinds.SHORT,
          "10s",
          "time a worker has to stop after its lease ended, before its task is given to another");

  public static final Setting<Duration> HARD_LIMIT =
      Setting.of("queue.hard-limit", Kinds.LONG, "6h", "longest run of one attempt");

  public static final Setting<Integer> MAX_FAILURES =
      Setting.of(
          "queue.max-failures", Kinds.COUNT, "5", "failures of a task after which it is dead");

  public static final Setting<Integer> MAX_STALLS =
      Setting.of(
          "queue.max-stalls", Kinds.COUNT, "3", "workers lost with a task after which it is dead");

  public static final Setting<Integer> MAX_LOST =
      Setting.of(
          "queue.max-lost",
          Kinds.COUNT,
          "10",
          "leases that never started after which a task is dead");

  public static final Setting<Duration> TASK_DELAY =
      Setting.of(
          "queue.task-delay", Kinds.LONG, "1s", "first delay after a task's failure; it doubles");

  public static final Setting<Duration> TASK_DELAY_MAX =
      Setting.of("queue.task-delay-max", Kinds.LONG, "2m", "longest delay after a task's failure");

  public static final Setting<Duration> OUTAGE_DELAY =
      Setting.of(
          "queue.outage-delay",
          Kinds.LONG,
          "1s",
          "first delay after a failure around a task; it doubles");

  public static final Setting<Duration> OUTAGE_DELAY_MAX =
      Setting.of(
          "queue.outage-delay-max",
          Kinds.LONG,
          "5m",
          "longest delay after a failure around a task");

  public static final Setting<Integer> BREAKER_TASKS =
      Setting.of(
          "queue.breaker-tasks",
          Kinds.COUNT,
          "5",
          "different tasks that fail around themselves before their stage counts as broken");

  public static final Setting<Duration> BREAKER_WITHIN =
      Setting.of(
          "queue.breaker-within",
          Kinds.LONG,
          "30s",
          "how soon after one another they have to fail");

  public static final Setting<Duration> BREAKER_PROBE =
      Setting.of(
          "queue.breaker-probe", Kinds.LONG, "15s", "time between two tries of a broken stage");

  public static final Setting<Integer> BACKLOG =
      Setting.of("queue.backlog", Kinds.COUNT, "100000", "unfinished tasks of one tenant");

  public static final Setting<Duration> AGEING =
      Setting.of(
          "queue.ageing",
          Kinds.LONG,
          "1m",
          "head start in waiting time that one level of priority is worth");

  public static final Setting<Duration> IDEMPOTENCY_TAIL =
      Setting.of(
          "queue.idempotency-tail",
          Kinds.LONG,
          "3d",
          "how long an idempotency key outlives its job");

  public static final Setting<Duration> WORKER_SILENCE =
      Setting.of(
          "queue.worker-silence", Kinds.SHORT, "15s", "silence after which a worker is not listed");

  static final List<Setting<?>> ALL =
      List.of(
          REDIS_URL,
          REDIS_PORT,
          REDIS_ALLOW_LOSSY,
          REDIS_COMMAND_DEADLINE,
          REDIS_MAX_IN_FLIGHT,
          LEASE,
          KILL,
          HARD_LIMIT,
          MAX_FAILURES,
          MAX_STALLS,
          MAX_LOST,
          TASK_DELAY,
          TASK_DELAY_MAX,
          OUTAGE_DELAY,
          OUTAGE_DELAY_MAX,
          BREAKER_TASKS,
          BREAKER_WITHIN,
          BREAKER_PROBE,
          BACKLOG,
          AGEING,
          IDEMPOTENCY_TAIL,
          WORKER_SILENCE);

  private QueueSettings() {}
}
