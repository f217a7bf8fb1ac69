package dev.cascadefarm.common.queue;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * A gateway that runs altered scripts in place of the product's, all over one connection, so that
 * they take effect in the order in which they were asked for. Thread-safe.
 */
final class AlteredGateway extends RedisGateway {
  private final Alterations alterations;
  private final Map<Script, Script> altered = new ConcurrentHashMap<>();

  AlteredGateway(Vertx vertx, QueueConfig config, QueueHints hints, Alterations alterations) {
    super(vertx, config, hints);
    this.alterations = alterations;
  }

  Script altered(Script script) {
    return altered.computeIfAbsent(script, alterations::apply);
  }

  @Override
  Future<ScriptReply> run(Script script, List<String> arguments) {
    return super.run(altered(script), alterations.apply(script, arguments));
  }

  @Override
  Future<ScriptReply> runUrgent(Script script, List<String> arguments) {
    return run(script, arguments);
  }
}
