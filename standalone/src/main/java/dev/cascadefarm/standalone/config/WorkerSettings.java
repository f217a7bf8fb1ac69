package dev.cascadefarm.standalone.config;

import java.time.Duration;
import java.util.List;

/** Settings of workers and of the engine below them. */
public final class WorkerSettings {
  public static final Setting<String> STAGE =
      Setting.of("worker.stage", Kinds.STAGE, null, "the stage that `worker` serves");

  public static final Setting<Integer> SLOTS =
      Setting.of("worker.slots", Kind.integer(1, 64), "4", "places in the running batch");

  public static final Setting<String> DEVICE =
      Setting.of(
          "worker.device",
          Kind.matching("device", "cpu or cuda:N", "cpu|cuda:\\d{1,2}"),
          "cpu",
          "device of the model");

  public static final Setting<Duration> PREVIEW_INTERVAL =
      Setting.of(
          "worker.preview-interval",
          Kinds.SHORT0,
          "500ms",
          "least time between two previews of a task; 0s for none");

  public static final Setting<Integer> PREVIEW_SIDE =
      Setting.of(
          "worker.preview-side",
          Kind.integer(16, 512),
          "128",
          "longest side of a preview in pixels");

  public static final Setting<Long> CACHE_BYTES =
      Setting.of(
          "worker.cache-bytes", Kind.bytes(0, 1L << 40), "67108864", "artifacts kept in memory");

  public static final Setting<Duration> LOAD_LIMIT =
      Setting.of(
          "worker.load-limit",
          Kinds.LONG,
          "10m",
          "loading a model, before the process counts as hung");

  public static final Setting<Duration> ROW_LIMIT =
      Setting.of(
          "worker.row-limit",
          Kinds.LONG,
          "5m",
          "one step of the batch, before the process counts as hung");

  public static final Setting<Duration> STORE_DEADLINE =
      Setting.of("worker.store-deadline", Kinds.SHORT, "30s", "one call to the store");

  public static final Setting<Duration> STORE_PATIENCE =
      Setting.of(
          "worker.store-patience",
          Kinds.LONG0,
          "2m",
          "trying again while the store fails, before a task is given back");

  public static final Setting<Duration> QUEUE_DEADLINE =
      Setting.of("worker.queue-deadline", Kinds.SHORT, "5s", "one call to the queue");

  public static final Setting<Duration> OUTAGE_ALLOWANCE =
      Setting.of(
          "worker.outage-allowance", Kinds.LONG0, "10m", "rendering on while the queue is silent");

  public static final Setting<Duration> REGISTRATION =
      Setting.of(
          "worker.registration",
          Kinds.LONG0,
          "1m",
          "waiting at the start for the bundle to be registered");

  public static final Setting<Duration> DRAIN =
      Setting.of("worker.drain", Kinds.SHORT, "5s", "the whole of an orderly stop");

  public static final Setting<Integer> CHECKPOINT_ROWS =
      Setting.of(
          "worker.checkpoint-rows",
          Kind.integer(0, 1_000_000),
          null,
          "steps between two checkpoints of a sample, 0 for none at all; by default their cost is"
              + " weighed against `worker.failures`");

  public static final Setting<Duration> FAILURES =
      Setting.of(
          "worker.failures",
          Kind.duration(Duration.ofSeconds(1), Duration.ofDays(365)),
          "1h",
          "mean time from one loss of a worker to its next, as you know your machines");

  public static final Setting<Boolean> ENGINE_GRAPH_OPTIMIZER =
      Setting.of(
          "engine.graph-optimizer",
          Kind.flag(),
          "false",
          "whether libtorch rewrites a model after its first runs: faster, but not the same bits");

  public static final Setting<Integer> ENGINE_THREADS =
      Setting.of(
          "engine.threads",
          Kind.integer(0, 1024),
          "0",
          "threads of one model call; 0 leaves it to the engine");

  static final List<Setting<?>> ALL =
      List.of(
          STAGE,
          SLOTS,
          DEVICE,
          PREVIEW_INTERVAL,
          PREVIEW_SIDE,
          CACHE_BYTES,
          LOAD_LIMIT,
          ROW_LIMIT,
          STORE_DEADLINE,
          STORE_PATIENCE,
          QUEUE_DEADLINE,
          OUTAGE_ALLOWANCE,
          REGISTRATION,
          DRAIN,
          CHECKPOINT_ROWS,
          FAILURES,
          ENGINE_GRAPH_OPTIMIZER,
          ENGINE_THREADS);

  private WorkerSettings() {}
}
