package dev.cascadefarm.worker;

import dev.cascadefarm.diffusion.stage.StageRunner;
import dev.cascadefarm.worker.lease.Heartbeat;
import dev.cascadefarm.worker.lease.LeaseKeeper;
import dev.cascadefarm.worker.task.StageHost;
import io.vertx.core.WorkerExecutor;

/** What a worker runs between its start and its close. */
record Serving(
    StageRunner runner,
    LeaseKeeper keeper,
    Heartbeat heartbeat,
    StageHost host,
    WorkerExecutor codec) {}
