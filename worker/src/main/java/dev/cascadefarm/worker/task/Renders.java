package dev.cascadefarm.worker.task;

import dev.cascadefarm.diffusion.stage.SampleRequest;
import dev.cascadefarm.worker.batch.Batch;
import dev.cascadefarm.worker.batch.Slot;
import dev.cascadefarm.worker.batch.TickReport;
import dev.cascadefarm.worker.engine.EngineThread;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The event-loop side of a {@link Batch}: turns "run this sample" into a future, and tick reports
 * into its completion. Confined to the host's context.
 */
final class Renders {
  private final Batch batch;
  private final EngineThread engine;
  private final Map<Slot, Order> orders = new HashMap<>();

  Renders(Batch batch, EngineThread engine) {
    this.batch = batch;
    this.engine = engine;
  }

  /**
   * Puts a sample into the batch.
   *
   * @param onMove hears of every row but the last
   */
  Rendering render(SampleRequest request, Consumer<TickReport.Advanced> onMove) {
    Slot slot = new Slot(request, System.nanoTime());
    Promise<TickReport.Finished> done = Promise.promise();
    orders.put(slot, new Order(done, onMove));
    batch.join(slot);
    engine.wake();
    return new Rendering(slot, done.future());
  }

  /** Takes a sample out at the next tick boundary; its future never completes then. */
  void drop(Rendering rendering) {
    if (orders.remove(rendering.slot) != null) {
      rendering.slot.drop();
      engine.wake();
    }
  }

  /** Takes note of what a tick did. */
  void ticked(TickReport report) {
    report.advanced().forEach(each -> withOrder(each.slot(), order -> order.onMove.accept(each)));
    report.finished().forEach(each -> finish(each.slot(), order -> order.done.complete(each)));
    report.failed().forEach(each -> finish(each.slot(), order -> order.done.fail(stop(each))));
  }

  private static TaskStopException stop(TickReport.Failed failed) {
    return TaskStopException.failed(failed.kind(), failed.reason());
  }

  private void withOrder(Slot slot, Consumer<Order> action) {
    Order order = orders.get(slot);
    if (order != null) {
      action.accept(order);
    }
  }

  private void finish(Slot slot, Consumer<Order> action) {
    @Nullable Order order = orders.remove(slot);
    if (order != null) {
      action.accept(order);
    }
  }

  /** A sample in the batch. */
  record Rendering(Slot slot, Future<TickReport.Finished> done) {}

  private record Order(Promise<TickReport.Finished> done, Consumer<TickReport.Advanced> onMove) {}
}
