package dev.cascadefarm.benchmark;

import io.vertx.redis.client.Command;
import io.vertx.redis.client.Response;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;

/** Memory of a Redis by kind of key: all keys are counted, some of each kind are measured. */
final class KeyMemory {
  private static final String PREFIX = "farm:{0}:";
  private static final String PAGE = "10000";
  private static final int FIRST = 200;
  private static final int EVERY = 1000;

  private final ScratchRedis redis;
  private final Map<String, Kind> kinds = new TreeMap<>();

  private KeyMemory(ScratchRedis redis) {
    this.redis = redis;
  }

  /** Keys that begin with the same word. */
  private static final class Kind {
    private final Map<String, Integer> encodings = new TreeMap<>();
    private long keys;
    private long measured;
    private double bytes;

    double total() {
      return bytes / measured * keys;
    }
  }

  static KeyMemory of(ScratchRedis redis) {
    KeyMemory memory = new KeyMemory(redis);
    String cursor = "0";
    do {
      Response page = Objects.requireNonNull(redis.ask(Command.SCAN, cursor, "COUNT", PAGE));
      page.get(1).forEach(key -> memory.add(key.toString()));
      cursor = page.get(0).toString();
    } while (!cursor.equals("0"));
    return memory;
  }

  private void add(String key) {
    Kind kind =
        kinds.computeIfAbsent(
            key.substring(PREFIX.length()).replaceFirst(":.*", ""), k -> new Kind());
    kind.keys++;
    if (kind.keys <= FIRST || kind.keys % EVERY == 0) {
      Response bytes =
          Objects.requireNonNull(redis.ask(Command.MEMORY, "USAGE", key, "SAMPLES", "0"));
      kind.measured++;
      kind.bytes += bytes.toLong();
      kind.encodings.merge(
          String.valueOf(redis.ask(Command.OBJECT, "ENCODING", key)), 1, Integer::sum);
    }
  }

  /** Prints what each kind takes of every job, the most first. */
  void print(int jobs) {
    Comparator<Map.Entry<String, Kind>> size =
        Comparator.comparingDouble(entry -> entry.getValue().total());
    List<Map.Entry<String, Kind>> largest =
        kinds.entrySet().stream().sorted(size.reversed()).toList();
    for (Map.Entry<String, Kind> entry : largest) {
      Kind kind = entry.getValue();
      System.out.printf(
          Locale.ROOT,
          "  %-8s %7.1f bytes per job, %8d keys, %s%n",
          entry.getKey(),
          kind.total() / jobs,
          kind.keys,
          kind.encodings.keySet());
    }
  }
}
