package dev.cascadefarm.common.queue;

import dev.cascadefarm.common.cascade.BundleId;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.redis.client.Command;
import io.vertx.redis.client.Request;
import io.vertx.redis.client.Response;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The one way to Redis: scripts by digest with one fallback to their text, a deadline on each
 * command, a bound on how many are under way, hints after each script. Renewals have a connection
 * of their own, so that nothing else can make a lease late. Thread-safe.
 */
class RedisGateway {
  private static final String CONFIG_KEY = "farm:{0}:cfg";

  private final Vertx vertx;
  private final QueueConfig config;
  private final QueueHints hints;
  private final RedisLink common;
  private final RedisLink renewals;
  private final AtomicBoolean started = new AtomicBoolean();
  private final AtomicInteger inFlight = new AtomicInteger();

  RedisGateway(Vertx vertx, QueueConfig config, QueueHints hints) {
    this.vertx = vertx;
    this.config = config;
    this.hints = hints;
    this.common = new RedisLink(vertx, config);
    this.renewals = new RedisLink(vertx, config);
  }

  /** Begins to connect, once; commands wait for a connection within their deadline. */
  Future<Void> start() {
    if (!started.compareAndSet(false, true)) {
      return Future.succeededFuture();
    }
    return Future.all(vertx.deployVerticle(common), vertx.deployVerticle(renewals)).mapEmpty();
  }

  Future<Void> close() {
    return Future.all(common.close(), renewals.close()).mapEmpty();
  }

  QueueConfig config() {
    return config;
  }

  long lastFaultNanos() {
    return common.lastFaultNanos();
  }

  /** Runs a script over the common connection. */
  Future<ScriptReply> run(Script script, List<String> arguments) {
    return run(common, script, arguments);
  }

  /** Runs a script over the connection for renewals. */
  Future<ScriptReply> runUrgent(Script script, List<String> arguments) {
    return run(renewals, script, arguments);
  }

  /** Sends a plain command. */
  Future<@Nullable Response> command(Request request) {
    return bounded(request.command().toString(), () -> common.send(request, deadline()));
  }

  private Future<ScriptReply> run(RedisLink link, Script script, List<String> arguments) {
    return bounded(script.name(), () -> evaluate(link, script, arguments))
        .map(ScriptReply::of)
        .compose(reply -> checked(script, reply))
        .onSuccess(this::hint);
  }

  private Future<Response> evaluate(RedisLink link, Script script, List<String> arguments) {
    long deadline = deadline();
    return link.send(request(Command.EVALSHA, script.sha(), arguments), deadline)
        .recover(
            cause ->
                // Redis forgot its scripts and so has not run this one: the text teaches it again.
                RedisFault.noScript(cause)
                    ? link.send(request(Command.EVAL, script.text(), arguments), deadline)
                    : Future.failedFuture(cause));
  }

  private static Request request(Command command, String script, List<String> arguments) {
    Request request = Request.cmd(command).arg(script).arg(1).arg(CONFIG_KEY);
    arguments.forEach(request::arg);
    return request;
  }

  private long deadline() {
    return System.nanoTime() + config.commandDeadline().toNanos();
  }

  private Future<Response> bounded(String operation, Supplier<Future<Response>> call) {
    if (inFlight.incrementAndGet() > config.maxInFlight()) {
      inFlight.decrementAndGet();
      return Future.failedFuture(new QueueSaturatedException(config.maxInFlight()));
    }
    Future<Response> answer =
        call.get()
            .onComplete(done -> inFlight.decrementAndGet())
            .recover(cause -> Future.failedFuture(RedisFault.typed(operation, cause)));
    return onCallersContext(answer);
  }

  private static Future<Response> onCallersContext(Future<Response> answer) {
    Context caller = Vertx.currentContext();
    if (caller == null) {
      return answer;
    }
    Promise<Response> promise = Promise.promise();
    answer.onComplete(done -> caller.runOnContext(v -> promise.handle(done)));
    return promise.future();
  }

  private static Future<ScriptReply> checked(Script script, ScriptReply reply) {
    if (!reply.code().equals("WRONG_SCHEMA")) {
      return Future.succeededFuture(reply);
    }
    return Future.failedFuture(
        new QueueRefusedException(
            QueueRefusedException.Reason.WRONG_SCHEMA,
            script.name() + ": schema: " + reply.text(0) + " (expected: " + reply.text(1) + ")"));
  }

  private void hint(ScriptReply reply) {
    reply.readied().forEach(bundle -> hints.publishReady(BundleId.parse(bundle)));
    reply.changed().forEach(hints::publishJob);
  }
}
