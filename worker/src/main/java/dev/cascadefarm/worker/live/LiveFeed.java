package dev.cascadefarm.worker.live;

import dev.cascadefarm.common.bus.FarmBus;
import dev.cascadefarm.common.queue.TaskQueue.LeasedTask;
import io.vertx.core.Vertx;
import io.vertx.core.WorkerExecutor;
import java.time.Clock;

/**
 * Where tasks open their live channels. Thread-safe.
 *
 * @param codec encodes previews, off event loop and engine thread
 * @param clock stamps events
 * @param previewSide longest side of a preview, in pixels
 */
public record LiveFeed(
    Vertx vertx, FarmBus bus, WorkerExecutor codec, Clock clock, int previewSide) {

  /** A channel for one attempt at a task; close it when the attempt leaves its slot. */
  public TaskChannel open(LeasedTask task) {
    return new TaskChannel(this, task);
  }
}
