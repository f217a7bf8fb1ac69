package dev.cascadefarm.common.bus;

import dev.cascadefarm.common.cascade.BundleId;
import dev.cascadefarm.common.json.MalformedJsonException;
import dev.cascadefarm.common.json.WireJson;
import dev.cascadefarm.common.queue.JobEvent;
import dev.cascadefarm.common.queue.QueueHints;
import io.vertx.core.eventbus.EventBus;
import io.vertx.core.eventbus.MessageConsumer;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The farm's few event-bus addresses, with types. Consumers filter locally. A message that cannot
 * be read is dropped. Thread-safe.
 */
public final class FarmBus implements QueueHints {
  private static final Logger log = LoggerFactory.getLogger(FarmBus.class);
  private static final String READY = "farm.ready";
  private static final String JOB = "farm.job";
  private static final String LIVE = "farm.live";

  private final EventBus bus;

  public FarmBus(EventBus bus) {
    this.bus = bus;
  }

  @Override
  public void publishReady(BundleId bundle) {
    bus.publish(READY, bundle.toString());
  }

  @Override
  public void publishJob(String job) {
    bus.publish(JOB, job);
  }

  /** Progress or a preview: an event without a sequence. */
  public void publishLive(JobEvent event) {
    bus.publish(LIVE, WireJson.write(event));
  }

  /** Hears {@link #publishReady}. */
  public MessageConsumer<String> onReady(Consumer<BundleId> handler) {
    return bus.consumer(READY, message -> handler.accept(BundleId.parse(message.body())));
  }

  /** Hears {@link #publishJob}. */
  public MessageConsumer<String> onJob(Consumer<String> handler) {
    return bus.consumer(JOB, message -> handler.accept(message.body()));
  }

  /** Hears {@link #publishLive}. */
  public MessageConsumer<String> onLive(Consumer<JobEvent> handler) {
    return bus.consumer(LIVE, message -> readLive(message.body(), handler));
  }

  private static void readLive(String body, Consumer<JobEvent> handler) {
    try {
      handler.accept(WireJson.read(body, JobEvent.class));
    } catch (MalformedJsonException e) {
      log.warn("dropped a live event that cannot be read: {}", e.getMessage());
    }
  }
}
