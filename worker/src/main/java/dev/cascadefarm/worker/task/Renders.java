package dev.cascadefarm.worker.task;

import dev.cascadefarm.diffusion.stage.Checkpoint;
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

  /** Who hears how a sample gets on. */
  interface Listener {
    /** It went on from its checkpoint, or could not. */
    void resumed(TickReport.Resumed resumed);

    /** It finished a row, not its last. */
    void moved(TickReport.Advanced move);
  }

  /**
   * Puts a sample into the batch.
   *
   * @param from where it is to go on; absent to begin at the beginning
   */
  Rendering render(SampleRequest request, @Nullable Checkpoint from, Listener listener) {
    Slot slot = new Slot(request, from, System.nanoTime());
    Promise<TickReport.Finished> done = Promise.promise();
    orders.put(slot, new Order(done, listener));
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
    report.resumed().forEach(each -> withOrder(each.slot(), o -> o.listener.resumed(each)));
    report.advanced().forEach(each -> withOrder(each.slot(), o -> o.listener.moved(each)));
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

  private record Order(Promise<TickReport.Finished> done, Listener listener) {}
}
