package dev.cascadefarm.common.queue;

import io.vertx.core.Future;
import io.vertx.redis.client.Response;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;

/** An audit of the queue in Redis. Thread-safe. */
final class RedisQueueAudit implements QueueAudit {
  private static final int MOST_FINDINGS = 100;
  private static final String PLACES_PER_CALL = "50";
  private static final String MEMBERS_PER_CALL = "100";
  private static final String TENANTS_PER_CALL = "10";
  private static final String COUNTED_PER_CALL = "1000";
  private static final String START = "0";

  private final RedisGateway gateway;
  private final QueueControl control;
  private final JobQueue jobs;

  RedisQueueAudit(RedisGateway gateway, QueueControl control, JobQueue jobs) {
    this.gateway = gateway;
    this.control = control;
    this.jobs = jobs;
  }

  @Override
  public Future<Report> audit(boolean repair) {
    Audit audit = new Audit(repair ? "1" : "0");
    return Future.all(control.tenants(), control.stages(), jobs.workers())
        .compose(
            known ->
                audit.run(
                    known.<List<QueueControl.TenantState>>resultAt(0).stream()
                        .map(QueueControl.TenantState::name)
                        .toList(),
                    known.<List<QueueControl.StageState>>resultAt(1).stream()
                        .map(stage -> stage.bundle().toString())
                        .toList(),
                    known.<List<WorkerSnapshot>>resultAt(2).stream()
                        .map(WorkerSnapshot::id)
                        .toList()));
  }

  /** One look at everything. */
  private final class Audit {
    private final String repair;
    private final List<Finding> findings = new ArrayList<>();
    private long found;
    private int calls;

    Audit(String repair) {
      this.repair = repair;
    }

    Future<Report> run(List<String> tenants, List<String> bundles, List<String> workers) {
      return each(tenants, this::jobsOf)
          .compose(v -> each(bundles, bundle -> each(tenants, of -> index("ready", bundle, of))))
          .compose(v -> each(bundles, bundle -> index("delayed", bundle, "")))
          .compose(v -> each(bundles, bundle -> index("leased", bundle, "")))
          .compose(v -> each(workers, worker -> index("leased", "", worker)))
          .compose(v -> tenants())
          .map(v -> new Report(calls, findings, found));
    }

    private static Future<Void> each(List<String> all, Function<String, Future<Void>> work) {
      Future<Void> done = Future.succeededFuture();
      for (String one : all) {
        done = done.compose(v -> work.apply(one));
      }
      return done;
    }

    private Future<Void> jobsOf(String tenant) {
      String tail = Long.toString(gateway.config().limits().idempotencyTail().toMillis());
      return Pages.all(
          START, "", after -> call(Script.AUDIT_JOBS, tenant, after, PLACES_PER_CALL, tail));
    }

    private Future<Void> index(String state, String bundle, String owner) {
      return Pages.all(
          START,
          START,
          cursor -> call(Script.AUDIT_INDEX, state, bundle, owner, cursor, MEMBERS_PER_CALL));
    }

    private Future<Void> tenants() {
      return Pages.all(
          START,
          START,
          cursor -> call(Script.AUDIT_TENANTS, cursor, TENANTS_PER_CALL, COUNTED_PER_CALL));
    }

    private Future<String> call(Script script, String... arguments) {
      List<String> all = new ArrayList<>(List.of(repair));
      all.addAll(List.of(arguments));
      return gateway.run(script, all).map(this::noted);
    }

    private String noted(ScriptReply reply) {
      calls++;
      for (Response finding : reply.at(0)) {
        found++;
        if (findings.size() < MOST_FINDINGS) {
          findings.add(
              new Finding(
                  finding.get(0).toString(), finding.get(1).toString(), finding.get(2).toString()));
        }
      }
      return reply.text(1);
    }
  }
}
