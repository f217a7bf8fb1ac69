package dev.cascadefarm.coordinator.events;

import dev.cascadefarm.common.queue.JobEvent;
import dev.cascadefarm.common.queue.JobQueue.EventPage;
import dev.cascadefarm.common.queue.JobSnapshot;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Brings one client the events of one job, from its cursor on. Lives on one event loop and is used
 * there only.
 */
final class EventFeed {
  /*
   * At most one read of the log is under way. A wish to read that comes meanwhile is remembered and
   * honoured after it, so a hint is never lost. Nothing is read while the sink is full; what a page
   * held is written at once, so a slow client costs at most one page beyond the sink's own limit.
   */
  private static final Logger log = LoggerFactory.getLogger(EventFeed.class);

  private final Vertx vertx;
  private final JobSource source;
  private final Watch watch;
  private final EventSink sink;
  private final FeedLimits limits;
  private final PendingLive live = new PendingLive();
  private long cursor;
  private boolean reading;
  private boolean again;
  private boolean closed;
  private long timer;
  private long lastWriteNanos = System.nanoTime();
  private long fullSinceNanos;

  /** Which events are wanted: those of a job after a sequence. */
  record Watch(String tenant, String job, long after) {}

  EventFeed(Vertx vertx, JobSource source, Watch watch, EventSink sink, FeedLimits limits) {
    this.vertx = vertx;
    this.source = source;
    this.watch = watch;
    this.sink = sink;
    this.limits = limits;
    this.cursor = watch.after();
  }

  String job() {
    return watch.job();
  }

  /** Hears what becomes of a feed. */
  interface Listener {
    /** The client did not read for too long. */
    void slow(EventFeed feed);

    /** The stream is closed; may be said twice. */
    void ended(EventFeed feed);
  }

  /** Starts reading. */
  void start(Listener listener) {
    sink.onDrain(this::drained);
    sink.onClose(() -> ended(listener));
    timer = vertx.setPeriodic(tickMillis(), id -> tick(listener));
    wake();
  }

  /** The log may have grown. */
  void wake() {
    again = true;
    pump();
  }

  /** An unnumbered event; only the latest of its task counts. */
  void offer(JobEvent event) {
    if (!closed) {
      live.put(event);
      flushLive();
    }
  }

  /** Ends the stream early. */
  void abort(EventSink.Reason reason) {
    if (!closed) {
      close();
      sink.abort(reason);
    }
  }

  private void pump() {
    if (closed || reading || !again || sink.full()) {
      return;
    }
    reading = true;
    again = false;
    Future<Optional<EventPage>> page =
        source.queue().events(watch.tenant(), watch.job(), cursor, limits.page());
    page.onComplete(this::deliver, this::unread);
  }

  private void deliver(Optional<EventPage> read) {
    reading = false;
    if (closed) {
      return;
    }
    if (read.isEmpty()) {
      finish(); // the job was removed while it was watched: there is no more to come
      return;
    }
    EventPage page = read.get();
    if (page.first() > cursor + 1) {
      readJob(page.first() - 1);
      return;
    }
    page.events().forEach(this::send);
    if (page.state().terminal() && cursor >= page.last()) {
      finish();
      return;
    }
    again |= cursor < page.last() && !page.events().isEmpty();
    flushLive();
    pump();
  }

  /** What was said between the cursor and there is gone: the job as it stands takes its place. */
  private void readJob(long seq) {
    reading = true;
    source
        .queue()
        .job(watch.tenant(), watch.job())
        .onComplete(job -> deliverSnapshot(job, seq), this::unread);
  }

  private void deliverSnapshot(Optional<JobSnapshot> job, long seq) {
    reading = false;
    if (!closed) {
      job.ifPresent(found -> send(source.snapshot(found, seq)));
      wake();
    }
  }

  private void unread(Throwable failure) {
    reading = false;
    log.debug("job={} events not read, the timer tries again", watch.job(), failure);
  }

  private void send(JobEvent event) {
    live.overtakenBy(event);
    sink.send(event);
    cursor = event.seq() == null ? cursor : event.seq();
    lastWriteNanos = System.nanoTime();
  }

  private void flushLive() {
    while (!closed && !sink.full() && live.size() > 0) {
      live.poll().ifPresent(sink::send);
      lastWriteNanos = System.nanoTime();
    }
  }

  private void drained() {
    fullSinceNanos = 0;
    flushLive();
    pump();
  }

  private void tick(Listener listener) {
    if (sink.full()) {
      checkPatience(listener);
      return;
    }
    fullSinceNanos = 0;
    if (System.nanoTime() - lastWriteNanos >= limits.ping().toNanos()) {
      lastWriteNanos = System.nanoTime();
      sink.ping();
    }
    wake();
  }

  private void checkPatience(Listener listener) {
    long now = System.nanoTime();
    if (fullSinceNanos == 0) {
      fullSinceNanos = now;
    } else if (now - fullSinceNanos >= limits.drain().toNanos()) {
      log.info("job={} watcher dropped: not read for {}", watch.job(), limits.drain());
      listener.slow(this);
      abort(EventSink.Reason.SLOW);
    }
  }

  private void finish() {
    close();
    sink.finish();
  }

  private void ended(Listener listener) {
    close();
    listener.ended(this);
  }

  private void close() {
    closed = true;
    vertx.cancelTimer(timer);
  }

  private long tickMillis() {
    long shortest = Math.min(limits.poll().toNanos(), limits.ping().toNanos());
    return Math.max(1, TimeUnit.NANOSECONDS.toMillis(Math.min(shortest, limits.drain().toNanos())));
  }
}
