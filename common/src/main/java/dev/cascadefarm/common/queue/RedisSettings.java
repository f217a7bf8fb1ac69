package dev.cascadefarm.common.queue;

import io.vertx.core.Future;
import io.vertx.redis.client.Command;
import io.vertx.redis.client.Request;
import io.vertx.redis.client.Response;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The settings of a Redis that keep acknowledged jobs: checked at start, refused otherwise. */
final class RedisSettings {
  private static final Logger log = LoggerFactory.getLogger(RedisSettings.class);
  private static final Pattern VERSION = Pattern.compile("redis_version:(\\d+)\\S*");
  private static final Pattern RUN_ID = Pattern.compile("run_id:(\\S+)");
  private static final int OLDEST = 7;
  private static final Map<String, String> EXPECTED =
      new TreeMap<>(
          Map.of(
              "maxmemory-policy", "noeviction",
              "appendonly", "yes",
              "appendfsync", "always",
              "no-appendfsync-on-rewrite", "no"));

  private RedisSettings() {}

  /** Fails with {@link RedisSettingsException} if jobs could be lost, unless that is allowed. */
  static Future<Void> check(RedisGateway gateway) {
    return info(gateway)
        .compose(info -> settings(gateway).map(settings -> findings(info, settings)))
        .compose(findings -> judge(gateway.config(), findings));
  }

  /** The identity of the running Redis process; another one after each restart. */
  static Future<String> runId(RedisGateway gateway) {
    return info(gateway).map(info -> first(RUN_ID, info, "unknown"));
  }

  private static Future<String> info(RedisGateway gateway) {
    return gateway.command(Request.cmd(Command.INFO).arg("server")).map(String::valueOf);
  }

  private static Future<Map<String, String>> settings(RedisGateway gateway) {
    Request request = Request.cmd(Command.CONFIG).arg("GET");
    EXPECTED.keySet().forEach(request::arg);
    return gateway.command(request).map(RedisSettings::pairs);
  }

  private static Map<String, String> pairs(Response flat) {
    Map<String, String> map = new TreeMap<>();
    List<String> words = ScriptReply.strings(flat);
    for (int i = 0; i + 1 < words.size(); i += 2) {
      map.put(words.get(i), words.get(i + 1));
    }
    return map;
  }

  static List<RedisSettingsException> findings(String info, Map<String, String> settings) {
    List<RedisSettingsException> found = new ArrayList<>();
    String version = first(VERSION, info, "0");
    if (Integer.parseInt(version) < OLDEST) {
      found.add(new RedisSettingsException("redis_version", version, ">= " + OLDEST));
    }
    EXPECTED.forEach(
        (name, expected) -> {
          String value = settings.getOrDefault(name, "unknown");
          if (!value.equals(expected)) {
            found.add(new RedisSettingsException(name, value, expected));
          }
        });
    return found;
  }

  private static Future<Void> judge(QueueConfig config, List<RedisSettingsException> findings) {
    if (!findings.isEmpty() && !config.allowLossy()) {
      return Future.failedFuture(findings.get(0));
    }
    findings.forEach(
        finding ->
            log.warn(
                "redis={} JOBS CAN BE LOST, as configured: {}",
                config.redisAddress(),
                finding.getMessage()));
    return Future.succeededFuture();
  }

  private static String first(Pattern pattern, String text, String otherwise) {
    Matcher matcher = pattern.matcher(text);
    return matcher.find() ? matcher.group(1) : otherwise;
  }
}
