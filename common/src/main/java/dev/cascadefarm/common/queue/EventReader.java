package dev.cascadefarm.common.queue;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.cascadefarm.common.json.WireJson;
import io.vertx.redis.client.Response;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Reads a job's event log. What is not part of the envelope becomes the event's data. */
final class EventReader {
  private static final Set<String> ENVELOPE = Set.of("type", "at", "stage", "image", "attempt");
  private static final Set<String> NUMBERS =
      Set.of("row", "rows", "failures", "stalls", "delay_ms");
  private static final Set<String> JSON = Set.of("warnings");

  private EventReader() {}

  static List<JobEvent> events(String job, Response entries) {
    List<JobEvent> events = new ArrayList<>(entries.size());
    for (Response entry : entries) {
      events.add(event(job, entry.get(0).toString(), ScriptReply.strings(entry.get(1))));
    }
    return events;
  }

  private static JobEvent event(String job, String id, List<String> flat) {
    Map<String, String> fields = new TreeMap<>();
    for (int i = 0; i + 1 < flat.size(); i += 2) {
      fields.put(flat.get(i), flat.get(i + 1));
    }
    return new JobEvent(
        JobEvent.VERSION,
        Long.valueOf(id.substring(0, id.indexOf('-'))),
        fields.getOrDefault("type", ""),
        Long.parseLong(fields.getOrDefault("at", "0")),
        job,
        fields.get("stage"),
        integer(fields.get("image")),
        integer(fields.get("attempt")),
        data(fields));
  }

  private static @Nullable ObjectNode data(Map<String, String> fields) {
    ObjectNode data = WireJson.object();
    fields.forEach(
        (name, value) -> {
          if (NUMBERS.contains(name)) {
            data.put(name, Long.parseLong(value));
          } else if (JSON.contains(name)) {
            put(data, name, value);
          } else if (!ENVELOPE.contains(name)) {
            data.put(name, value);
          }
        });
    return data.isEmpty() ? null : data;
  }

  private static void put(ObjectNode data, String name, String json) {
    try {
      data.set(name, WireJson.MAPPER.readTree(json));
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("event field " + name + " (expected: JSON)", e);
    }
  }

  private static @Nullable Integer integer(@Nullable String text) {
    return text == null ? null : Integer.valueOf(text);
  }
}
