package dev.cascadefarm.worker.task;

import dev.cascadefarm.common.bus.FarmBus;
import dev.cascadefarm.common.queue.TaskQueue;
import dev.cascadefarm.worker.checkpoint.CheckpointPace;
import dev.cascadefarm.worker.engine.EngineThread;
import dev.cascadefarm.worker.lease.LeaseKeeper;
import dev.cascadefarm.worker.live.LiveFeed;
import dev.cascadefarm.worker.metrics.WorkerMetrics;
import dev.cascadefarm.worker.retry.Retry;
import dev.cascadefarm.worker.transfer.TaskCheckpoints;
import dev.cascadefarm.worker.transfer.TaskInputs;
import dev.cascadefarm.worker.transfer.TaskOutputs;
import java.util.random.RandomGenerator;

/**
 * What a {@link StageHost} works with. All of it is thread-safe.
 *
 * @param pace when running samples are written down
 * @param claimRetry how an unanswered claim is repeated
 * @param reportRetry how an unanswered report is repeated
 */
public record HostServices(
    TaskQueue queue,
    FarmBus bus,
    EngineThread engine,
    LeaseKeeper keeper,
    TaskInputs inputs,
    TaskOutputs outputs,
    TaskCheckpoints checkpoints,
    CheckpointPace pace,
    LiveFeed live,
    Retry claimRetry,
    Retry reportRetry,
    RandomGenerator random,
    WorkerMetrics metrics) {}
