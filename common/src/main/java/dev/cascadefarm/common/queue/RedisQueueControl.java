package dev.cascadefarm.common.queue;

import dev.cascadefarm.common.cascade.BundleId;
import dev.cascadefarm.common.job.TaskId;
import io.vertx.core.Future;
import io.vertx.redis.client.Response;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/** The operator's side of the queue, in Redis. Thread-safe. */
final class RedisQueueControl implements QueueControl {
  private static final String TENANTS_PER_CALL = "200";
  private static final String START = "0";
  private static final int LONGEST_REASON = 256;

  private final RedisGateway gateway;

  RedisQueueControl(RedisGateway gateway) {
    this.gateway = gateway;
  }

  @Override
  public Future<@Nullable Void> allow(String tenant, TenantLimits limits) {
    TenantLimits.Rate rate = limits.rate();
    return gateway
        .run(
            Script.TENANT,
            List.of(
                tenant,
                Double.toString(limits.weight()),
                textOrEmpty(limits.inFlight()),
                textOrEmpty(limits.backlog()),
                textOrEmpty(rate == null ? null : rate.perSecond()),
                textOrEmpty(rate == null ? null : rate.burst())))
        .mapEmpty();
  }

  private static String textOrEmpty(@Nullable Number value) {
    return value == null ? "" : value.toString();
  }

  @Override
  public Future<List<TenantState>> tenants() {
    return tenantsFrom(START, new LinkedHashMap<>());
  }

  private Future<List<TenantState>> tenantsFrom(String cursor, Map<String, TenantState> before) {
    return gateway
        .run(Script.TENANTS, List.of(cursor, TENANTS_PER_CALL))
        .compose(
            reply -> {
              for (Response row : reply.at(1)) {
                TenantState tenant = tenant(row);
                before.put(tenant.name(), tenant);
              }
              return reply.text(0).equals(START)
                  ? Future.succeededFuture(List.copyOf(before.values()))
                  : tenantsFrom(reply.text(0), before);
            });
  }

  private static TenantState tenant(Response row) {
    String weight = ScriptReply.textOrNull(row.get(1));
    String rate = ScriptReply.textOrNull(row.get(5));
    TenantLimits limits =
        new TenantLimits(
            weight == null ? TenantLimits.NONE.weight() : Double.parseDouble(weight),
            integer(row.get(2)),
            integer(row.get(4)),
            rate == null
                ? null
                : new TenantLimits.Rate(Double.parseDouble(rate), row.get(7).toInteger()));
    return new TenantState(
        row.get(0).toString(),
        limits,
        ScriptReply.numberOrZero(row.get(3)),
        ScriptReply.textOrNull(row.get(6)));
  }

  private static @Nullable Integer integer(@Nullable Response value) {
    return value == null ? null : value.toInteger();
  }

  @Override
  public Future<List<StageState>> stages() {
    return stagesFrom(START, new LinkedHashMap<>());
  }

  private Future<List<StageState>> stagesFrom(String cursor, Map<BundleId, StageState> before) {
    return gateway
        .run(Script.STAGES, List.of(cursor, TENANTS_PER_CALL))
        .compose(
            reply -> {
              for (Response row : reply.at(0)) {
                StageState stage = stage(row);
                before.merge(stage.bundle(), stage, RedisQueueControl::withReadyOf);
              }
              return reply.text(1).equals(START)
                  ? Future.succeededFuture(List.copyOf(before.values()))
                  : stagesFrom(reply.text(1), before);
            });
  }

  private static StageState stage(Response row) {
    Map<String, Long> ready = new HashMap<>();
    Response waiting = row.get(3);
    for (int i = 0; i + 1 < waiting.size(); i += 2) {
      ready.put(waiting.get(i).toString(), waiting.get(i + 1).toLong());
    }
    Response open = row.get(6);
    String seconds = ScriptReply.textOrNull(row.get(7));
    return new StageState(
        BundleId.parse(row.get(0).toString()),
        row.get(1).toLong(),
        row.get(2).toLong(),
        ready,
        ScriptReply.textOrNull(row.get(4)),
        integer(row.get(5)),
        open == null ? null : open.toLong(),
        seconds == null ? null : Double.valueOf(seconds));
  }

  /** The later reading, with the tenants of both. */
  private static StageState withReadyOf(StageState earlier, StageState later) {
    Map<String, Long> ready = new HashMap<>(earlier.ready());
    ready.putAll(later.ready());
    return new StageState(
        later.bundle(),
        later.running(),
        later.delayed(),
        ready,
        later.paused(),
        later.most(),
        later.brokenSince(),
        later.secondsPerTask());
  }

  @Override
  public Future<Boolean> pause(Target target, String reason, String by) {
    if (reason.isBlank() || reason.length() > LONGEST_REASON) {
      throw new IllegalArgumentException(
          "reason: '" + reason + "' (expected: 1 to " + LONGEST_REASON + " characters)");
    }
    return setPaused(target, reason, by, START);
  }

  @Override
  public Future<Boolean> resume(Target target, String by) {
    return setPaused(target, "", by, START);
  }

  private Future<Boolean> setPaused(Target target, String reason, String by, String cursor) {
    return gateway
        .run(
            Script.PAUSE, List.of(kind(target), name(target), reason, by, cursor, TENANTS_PER_CALL))
        .compose(
            reply -> {
              if (reply.code().equals("NONE")) {
                return Future.succeededFuture(false);
              }
              return reply.text(0).equals(START)
                  ? Future.succeededFuture(true)
                  : setPaused(target, reason, by, reply.text(0));
            });
  }

  private static String kind(Target target) {
    return target instanceof Target.Stage ? "stage" : "tenant";
  }

  private static String name(Target target) {
    return target instanceof Target.Stage stage
        ? stage.bundle().toString()
        : ((Target.Tenant) target).name();
  }

  @Override
  public Future<Boolean> bound(BundleId bundle, OptionalInt most, String by) {
    if (most.isPresent() && most.getAsInt() < 1) {
      throw new IllegalArgumentException("most: " + most.getAsInt() + " (expected: >= 1)");
    }
    String number = most.isPresent() ? Integer.toString(most.getAsInt()) : "";
    return gateway
        .run(Script.CAP, List.of(bundle.toString(), number, by))
        .map(reply -> reply.code().equals("OK"));
  }

  @Override
  public Future<DeadPage> dead(String cursor, int limit) {
    String below = cursor.isEmpty() ? "+inf" : "(" + Cursors.sequence(cursor);
    return gateway
        .run(Script.DEAD, List.of(below, Cursors.oneMoreThan(limit)))
        .map(reply -> deadPage(reply.at(0), limit, reply.at(1).toLong()));
  }

  private static DeadPage deadPage(Response rows, int limit, long total) {
    List<DeadTask> tasks = new ArrayList<>();
    for (Response row : rows) {
      if (tasks.size() < limit) {
        tasks.add(deadTask(row));
      }
    }
    String next = rows.size() > limit ? rows.get(limit - 1).get(0).toString() : null;
    return new DeadPage(tasks, next, total);
  }

  private static DeadTask deadTask(Response row) {
    return new DeadTask(
        TaskId.parse(row.get(1).toString()),
        row.get(2).toString(),
        BundleId.parse(row.get(3).toString()),
        row.get(4).toString(),
        row.get(5).toString(),
        row.get(6).toLong(),
        (int) ScriptReply.numberOrZero(row.get(7)),
        (int) ScriptReply.numberOrZero(row.get(8)),
        (int) ScriptReply.numberOrZero(row.get(9)),
        (int) ScriptReply.numberOrZero(row.get(10)));
  }

  @Override
  public Future<Redrive> redrive(TaskId task, String by) {
    return gateway
        .run(Script.REDRIVE, List.of(task.toString(), by))
        .map(reply -> Redrive.valueOf(reply.code()));
  }

  @Override
  public Future<ActionPage> actions(String cursor, int limit) {
    String below = cursor.isEmpty() ? "+" : "(" + Cursors.entry(cursor);
    return gateway
        .run(Script.ACTIONS, List.of(below, Cursors.oneMoreThan(limit)))
        .map(reply -> actionPage(reply.at(0), limit));
  }

  private static ActionPage actionPage(Response entries, int limit) {
    List<Action> actions =
        entries.stream().limit(limit).map(entry -> action(entry.get(1))).toList();
    String next = entries.size() > limit ? entries.get(limit - 1).get(0).toString() : null;
    return new ActionPage(actions, next);
  }

  private static Action action(Response flat) {
    Map<String, String> fields = new HashMap<>();
    for (int i = 0; i + 1 < flat.size(); i += 2) {
      fields.put(flat.get(i).toString(), flat.get(i + 1).toString());
    }
    UnaryOperator<String> field = name -> fields.getOrDefault(name, "");
    return new Action(
        Long.parseLong(field.apply("at")),
        field.apply("by"),
        field.apply("action"),
        field.apply("target"),
        field.apply("detail"));
  }

  @Override
  public Future<Incidents> incidents() {
    return gateway
        .run(Script.INCIDENTS, List.of())
        .map(
            reply -> {
              Response counts = reply.at(0);
              return new Incidents(
                  ScriptReply.numberOrZero(counts.get(0)),
                  ScriptReply.numberOrZero(counts.get(1)),
                  ScriptReply.numberOrZero(counts.get(2)));
            });
  }
}
