package dev.cascadefarm.worker;

import dev.cascadefarm.common.bus.FarmBus;
import dev.cascadefarm.common.queue.TaskQueue;
import dev.cascadefarm.common.store.ArtifactStore;
import dev.cascadefarm.diffusion.stage.StageLoader;
import dev.cascadefarm.worker.engine.EngineThread;
import dev.cascadefarm.worker.metrics.TaskTrace;
import dev.cascadefarm.worker.transfer.ArtifactCache;
import io.micrometer.core.instrument.MeterRegistry;
import io.vertx.core.Vertx;
import java.util.function.Consumer;

/**
 * What a worker is given and does not close. Workers of one process and device share the engine
 * thread, and may share everything else.
 *
 * @param engine started
 * @param cache artifacts seen lately in this process
 * @param traces hears of every completed task; must return at once
 */
public record WorkerServices(
    Vertx vertx,
    TaskQueue queue,
    ArtifactStore store,
    FarmBus bus,
    EngineThread engine,
    StageLoader loader,
    ArtifactCache cache,
    MeterRegistry meters,
    Consumer<TaskTrace> traces) {}
