package dev.cascadefarm.coordinator.events;

import dev.cascadefarm.common.queue.JobEvent;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The latest unnumbered event of each task, for a client that is behind; bounded. */
final class PendingLive {
  private static final int MAX_ENTRIES = 64;

  private final Map<Slot, JobEvent> latest = new LinkedHashMap<>();

  private record Slot(String type, @Nullable String stage, @Nullable Integer image) {}

  void put(JobEvent event) {
    latest.put(new Slot(event.type(), event.stage(), event.image()), event);
    if (latest.size() > MAX_ENTRIES) {
      poll();
    }
  }

  /** Forgets what is overtaken by a numbered event of the same task. */
  void overtakenBy(JobEvent event) {
    latest.remove(new Slot(JobEvent.TASK_PROGRESS, event.stage(), event.image()));
    latest.remove(new Slot(JobEvent.TASK_PREVIEW, event.stage(), event.image()));
  }

  /** The event that waits longest. */
  Optional<JobEvent> poll() {
    Iterator<JobEvent> events = latest.values().iterator();
    if (!events.hasNext()) {
      return Optional.empty();
    }
    JobEvent event = events.next();
    events.remove();
    return Optional.of(event);
  }

  int size() {
    return latest.size();
  }
}
