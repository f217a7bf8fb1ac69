package dev.cascadefarm.standalone.config;

import dev.cascadefarm.common.queue.JobRetention;
import dev.cascadefarm.common.queue.QueueConfig;
import dev.cascadefarm.common.store.StoreConfig;
import dev.cascadefarm.coordinator.CoordinatorConfig;
import dev.cascadefarm.coordinator.access.AccessConfig;
import dev.cascadefarm.coordinator.chores.ChoreConfig;
import dev.cascadefarm.coordinator.events.FeedLimits;
import dev.cascadefarm.coordinator.upload.UploadLimits;
import dev.cascadefarm.worker.WorkerConfig;
import dev.cascadefarm.worker.checkpoint.CheckpointConfig;
import java.util.Set;
import java.util.function.Supplier;

/** The modules' own records, filled from a {@link FarmConfig}. */
public final class ModuleConfigs {
  private ModuleConfigs() {}

  /** How the queue is reached and behaves. */
  public static QueueConfig queue(FarmConfig config) {
    return checked(
        () ->
            new QueueConfig(
                config.get(QueueSettings.REDIS_URL),
                config.get(QueueSettings.REDIS_ALLOW_LOSSY),
                config.get(QueueSettings.REDIS_COMMAND_DEADLINE),
                config.get(QueueSettings.REDIS_MAX_IN_FLIGHT),
                leases(config),
                retries(config),
                breaker(config),
                limits(config)));
  }

  /** How the artifact store is reached. */
  public static StoreConfig store(FarmConfig config) {
    return checked(
        () ->
            new StoreConfig(
                config.get(StoreSettings.ENDPOINT),
                config.get(StoreSettings.ACCESS_KEY),
                config.get(StoreSettings.SECRET_KEY),
                config.get(StoreSettings.BUCKET),
                config.get(StoreSettings.DEADLINE),
                config.get(StoreSettings.MAX_OBJECT_BYTES)));
  }

  /** How a coordinator listens. */
  public static CoordinatorConfig coordinator(FarmConfig config) {
    FeedLimits feeds =
        new FeedLimits(
            config.get(ApiSettings.STREAMS),
            config.get(ApiSettings.STREAM_POLL),
            config.get(ApiSettings.STREAM_PING),
            config.get(ApiSettings.STREAM_DRAIN),
            config.get(ApiSettings.STREAM_PAGE));
    return checked(
        () ->
            new CoordinatorConfig(
                config.get(ApiSettings.HOST),
                config.get(ApiSettings.PORT),
                AccessConfig.of(
                    config.find(ApiSettings.TOKEN).orElse(null),
                    config.find(ApiSettings.TOKENS_FILE).orElse(null)),
                Set.copyOf(config.get(ApiSettings.ORIGINS)),
                feeds,
                uploads(config),
                config.get(ApiSettings.QUEUE_DEADLINE),
                chores(config)));
  }

  private static ChoreConfig chores(FarmConfig config) {
    var failed =
        new JobRetention.Keep.Bound(
            config.get(ChoreSettings.FAILED_AGE), config.get(ChoreSettings.FAILED_JOBS));
    var others =
        new JobRetention.Keep.Bound(config.get(ChoreSettings.AGE), config.get(ChoreSettings.JOBS));
    return new ChoreConfig(
        config.get(ChoreSettings.REAPING),
        config.get(ChoreSettings.FORGETTING),
        config.get(ChoreSettings.AUDITING),
        new JobRetention.Keep(failed, others),
        config.get(ChoreSettings.GARBAGE_AGE));
  }

  private static UploadLimits uploads(FarmConfig config) {
    return new UploadLimits(
        config.get(ApiSettings.UPLOAD_BYTES),
        config.get(ApiSettings.UPLOAD_SIDE),
        config.get(ApiSettings.UPLOAD_PIXELS),
        config.get(ApiSettings.UPLOADS));
  }

  /** How a worker works. */
  public static WorkerConfig worker(FarmConfig config) {
    WorkerConfig.Limits limits =
        new WorkerConfig.Limits(
            config.get(WorkerSettings.LOAD_LIMIT),
            config.get(WorkerSettings.ROW_LIMIT),
            config.get(WorkerSettings.STORE_DEADLINE),
            config.get(WorkerSettings.STORE_PATIENCE),
            config.get(WorkerSettings.QUEUE_DEADLINE),
            config.get(WorkerSettings.OUTAGE_ALLOWANCE),
            config.get(WorkerSettings.REGISTRATION),
            config.get(WorkerSettings.DRAIN));
    return checked(
        () ->
            new WorkerConfig(
                config.get(WorkerSettings.SLOTS),
                config.get(WorkerSettings.DEVICE),
                config.get(WorkerSettings.PREVIEW_INTERVAL),
                config.get(WorkerSettings.PREVIEW_SIDE),
                new CheckpointConfig(
                    config.find(WorkerSettings.CHECKPOINT_ROWS).orElse(null),
                    config.get(WorkerSettings.FAILURES)),
                limits));
  }

  private static QueueConfig.Leases leases(FarmConfig config) {
    return new QueueConfig.Leases(
        config.get(QueueSettings.LEASE),
        config.get(QueueSettings.KILL),
        config.get(QueueSettings.HARD_LIMIT));
  }

  private static QueueConfig.Retries retries(FarmConfig config) {
    return new QueueConfig.Retries(
        config.get(QueueSettings.MAX_FAILURES),
        config.get(QueueSettings.MAX_STALLS),
        config.get(QueueSettings.MAX_LOST),
        new QueueConfig.Delays(
            config.get(QueueSettings.TASK_DELAY), config.get(QueueSettings.TASK_DELAY_MAX)),
        new QueueConfig.Delays(
            config.get(QueueSettings.OUTAGE_DELAY), config.get(QueueSettings.OUTAGE_DELAY_MAX)));
  }

  private static QueueConfig.Breaker breaker(FarmConfig config) {
    return new QueueConfig.Breaker(
        config.get(QueueSettings.BREAKER_TASKS),
        config.get(QueueSettings.BREAKER_WITHIN),
        config.get(QueueSettings.BREAKER_PROBE));
  }

  private static QueueConfig.Limits limits(FarmConfig config) {
    return new QueueConfig.Limits(
        config.get(QueueSettings.BACKLOG),
        config.get(QueueSettings.AGEING),
        config.get(QueueSettings.IDEMPOTENCY_TAIL),
        config.get(QueueSettings.WORKER_SILENCE));
  }

  /** What a record refuses although each value is of its kind: a combination. */
  private static <T> T checked(Supplier<T> record) {
    try {
      return record.get();
    } catch (IllegalArgumentException e) {
      throw new InvalidConfigException(e.getMessage(), e);
    }
  }
}
