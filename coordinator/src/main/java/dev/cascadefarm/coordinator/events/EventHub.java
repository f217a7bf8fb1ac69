package dev.cascadefarm.coordinator.events;

import dev.cascadefarm.common.bus.FarmBus;
import io.vertx.core.Vertx;
import io.vertx.core.eventbus.MessageConsumer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;

/**
 * All feeds of one coordinator, and the bus messages they care for. Used on one event loop only.
 */
public final class EventHub {
  private final Vertx vertx;
  private final JobSource source;
  private final FarmBus bus;
  private final FeedLimits limits;
  private final Map<String, Set<EventFeed>> feeds = new HashMap<>();
  private final List<MessageConsumer<String>> consumers = new ArrayList<>();
  private final EventFeed.Listener listener =
      new EventFeed.Listener() {
        @Override
        public void slow(EventFeed feed) {
          dropped.incrementAndGet();
        }

        @Override
        public void ended(EventFeed feed) {
          remove(feed);
        }
      };
  private final AtomicInteger open = new AtomicInteger();
  private final AtomicLong dropped = new AtomicLong();

  public EventHub(Vertx vertx, JobSource source, FarmBus bus, FeedLimits limits) {
    this.vertx = vertx;
    this.source = source;
    this.bus = bus;
    this.limits = limits;
  }

  /** Listens to the bus. */
  public void start() {
    consumers.add(bus.onJob(job -> each(job, EventFeed::wake)));
    consumers.add(bus.onLive(event -> each(event.job(), feed -> feed.offer(event))));
  }

  /** Ends every stream; clients continue elsewhere from their cursors. */
  public void stop() {
    consumers.forEach(MessageConsumer::unregister);
    consumers.clear();
    List<EventFeed> all = new ArrayList<>();
    feeds.values().forEach(all::addAll);
    all.forEach(feed -> feed.abort(EventSink.Reason.STOPPING));
    feeds.clear();
  }

  /** Streams open now. */
  public int open() {
    return open.get();
  }

  /** Streams closed because their clients did not read, since the start. */
  public long dropped() {
    return dropped.get();
  }

  /** Whether one more stream would be too many. */
  public boolean crowded() {
    return open.get() >= limits.streams();
  }

  void add(EventFeed.Watch watch, EventSink sink) {
    EventFeed feed = new EventFeed(vertx, source, watch, sink, limits);
    open.incrementAndGet();
    feeds.computeIfAbsent(watch.job(), job -> new HashSet<>()).add(feed);
    feed.start(listener);
  }

  private void remove(EventFeed feed) {
    Set<EventFeed> watching = feeds.get(feed.job());
    if (watching != null && watching.remove(feed)) {
      open.decrementAndGet();
      if (watching.isEmpty()) {
        feeds.remove(feed.job());
      }
    }
  }

  private void each(String job, Consumer<EventFeed> action) {
    List.copyOf(feeds.getOrDefault(job, Set.of())).forEach(action);
  }
}
