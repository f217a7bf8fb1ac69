package dev.cascadefarm.common.queue;

import io.vertx.redis.client.Command;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** All that Redis knows of a farm, less times and random tokens: equal if the same has happened. */
final class FarmState {
  private static final Set<String> CHANGING =
      Set.of(
          "created",
          "started",
          "finished",
          "claimed",
          "died",
          "lease",
          "deadline",
          "nonce",
          "ended",
          "won",
          "seen",
          "base",
          "score",
          "notbefore",
          "got",
          "probed",
          "stalled");

  private FarmState() {}

  static Map<String, String> of(RawRedis redis) {
    Map<String, String> state = new TreeMap<>();
    redis.keys().forEach(key -> state.put(key, value(redis, key)));
    return state;
  }

  private static String value(RawRedis redis, String key) {
    String type = String.valueOf(redis.ask(Command.TYPE, RawRedis.PREFIX + key));
    return switch (type) {
      case "hash" -> fields(redis.hash(key));
      case "zset" -> redis.scores(key).keySet().toString();
      case "set" ->
          ScriptReply.strings(
                  Objects.requireNonNull(redis.ask(Command.SMEMBERS, RawRedis.PREFIX + key)))
              .toString();
      case "stream" ->
          redis.log(key.substring(3)).stream()
              .map(entry -> entry[0] + " " + entry[1])
              .collect(Collectors.joining(", "));
      default -> String.valueOf(redis.ask(Command.GET, RawRedis.PREFIX + key));
    };
  }

  private static String fields(Map<String, String> hash) {
    Map<String, String> steady = new TreeMap<>(hash);
    CHANGING.forEach(field -> steady.computeIfPresent(field, (name, value) -> "…"));
    return steady.toString();
  }
}
