package dev.cascadefarm.common.queue;

import io.vertx.core.Vertx;
import io.vertx.redis.client.Command;
import io.vertx.redis.client.ProtocolVersion;
import io.vertx.redis.client.Redis;
import io.vertx.redis.client.RedisOptions;
import io.vertx.redis.client.Request;
import io.vertx.redis.client.Response;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** A plain view of the keys in Redis, for tests that look behind the queue. Blocks. */
final class RawRedis {
  static final String PREFIX = "farm:{0}:";

  private final Redis redis;

  RawRedis(Vertx vertx, String url) {
    redis =
        Redis.createClient(
            vertx,
            new RedisOptions()
                .setConnectionString(url)
                .setPreferredProtocolVersion(ProtocolVersion.RESP2));
  }

  @Nullable Response ask(Command command, Object... arguments) {
    Request request = Request.cmd(command);
    for (Object argument : arguments) {
      request.arg(argument.toString());
    }
    return QueueFixture.await(redis.send(request));
  }

  /** Names of all keys of the farm, without their prefix. */
  List<String> keys() {
    return strings(ask(Command.KEYS, "farm:*")).stream()
        .map(key -> key.substring(PREFIX.length()))
        .sorted()
        .toList();
  }

  Map<String, String> hash(String key) {
    return pairs(ask(Command.HGETALL, PREFIX + key));
  }

  /** Members of a sorted set with their scores. */
  Map<String, String> scores(String key) {
    return pairs(ask(Command.ZRANGE, PREFIX + key, 0, -1, "WITHSCORES"));
  }

  void score(String key, double score, String member) {
    ask(Command.ZADD, PREFIX + key, score, member);
  }

  void field(String key, String field, Object value) {
    ask(Command.HSET, PREFIX + key, field, value);
  }

  long ttlMs(String key) {
    Response reply = ask(Command.PTTL, PREFIX + key);
    return reply == null ? -2 : reply.toLong();
  }

  /** A job's log: id and type of each entry. The first is kept with the job itself. */
  List<String[]> log(String job) {
    List<String[]> entries = new ArrayList<>();
    entries.add(new String[] {"1-0", JobEvent.JOB_QUEUED});
    Response all = ask(Command.XRANGE, PREFIX + "ev:" + job, "-", "+");
    if (all != null) {
      for (Response entry : all) {
        Map<String, String> fields = pairs(entry.get(1));
        entries.add(new String[] {entry.get(0).toString(), fields.getOrDefault("type", "")});
      }
    }
    return entries;
  }

  void close() {
    redis.close();
  }

  private static List<String> strings(@Nullable Response array) {
    return array == null ? List.of() : ScriptReply.strings(array);
  }

  private static Map<String, String> pairs(@Nullable Response flat) {
    List<String> words = strings(flat);
    Map<String, String> map = new TreeMap<>();
    for (int i = 0; i + 1 < words.size(); i += 2) {
      map.put(words.get(i), words.get(i + 1));
    }
    return map;
  }
}
