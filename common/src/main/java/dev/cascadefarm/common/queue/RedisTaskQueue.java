package dev.cascadefarm.common.queue;

import dev.cascadefarm.common.cascade.BundleId;
import dev.cascadefarm.common.job.Progress;
import dev.cascadefarm.common.job.TaskId;
import dev.cascadefarm.common.json.WireJson;
import io.vertx.core.Future;
import io.vertx.redis.client.Response;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The worker's side of the queue, in Redis. Thread-safe. */
final class RedisTaskQueue implements TaskQueue {
  private static final Logger log = LoggerFactory.getLogger(RedisTaskQueue.class);
  private static final int MOST_TASKS = 64;
  private static final int MOST_RENEWALS = 256;
  private static final int COMPLETIONS_PER_CALL = 16;
  private static final int MOST_WARNINGS = 16;
  private static final int LONGEST_WARNING = 256;
  private static final int LONGEST_REASON = 2_048;
  private static final int GOODBYE_TASKS = 100;
  private static final long FORGET_MS = 3_600_000;
  private static final int NONCE_BYTES = 16;

  private final RedisGateway gateway;
  private final SecureRandom nonces;
  private final RandomGenerator jitter;
  private final QueueConfig config;
  private final String idempotencyTailMs;

  RedisTaskQueue(RedisGateway gateway, SecureRandom nonces, RandomGenerator jitter) {
    this.gateway = gateway;
    this.nonces = nonces;
    this.jitter = jitter;
    this.config = gateway.config();
    this.idempotencyTailMs = Long.toString(config.limits().idempotencyTail().toMillis());
  }

  @Override
  public Future<ClaimResult> claim(Claim claim) {
    if (claim.count() < 1 || claim.count() > MOST_TASKS) {
      throw new IllegalArgumentException(
          "count: " + claim.count() + " (expected: 1 to " + MOST_TASKS + ")");
    }
    return gateway
        .run(Script.CLAIM, claimArguments(claim))
        .map(reply -> claimed(reply))
        .recover(this::otherSchema);
  }

  private List<String> claimArguments(Claim claim) {
    List<String> arguments =
        new ArrayList<>(
            List.of(
                claim.worker(),
                claim.request(),
                claim.bundle().toString(),
                claim.digest(),
                Integer.toString(claim.count()),
                Long.toString(config.leases().length().toMillis()),
                Long.toString(config.leases().hardLimit().toMillis()),
                idempotencyTailMs,
                Long.toString(config.breaker().probe().toMillis())));
    for (int i = 0; i < claim.count(); i++) {
      byte[] nonce = new byte[NONCE_BYTES];
      nonces.nextBytes(nonce);
      arguments.add(HexFormat.of().formatHex(nonce));
    }
    return arguments;
  }

  private ClaimResult claimed(ScriptReply reply) {
    return new ClaimResult(
        ClaimResult.Outcome.valueOf(reply.code()),
        config.leases().length(),
        LeaseReader.tasks(reply.at(0), reply.at(1)));
  }

  private Future<ClaimResult> otherSchema(Throwable cause) {
    boolean schema =
        cause instanceof QueueRefusedException refused
            && refused.reason() == QueueRefusedException.Reason.WRONG_SCHEMA;
    return schema
        ? Future.succeededFuture(
            new ClaimResult(ClaimResult.Outcome.WRONG_SCHEMA, config.leases().length(), List.of()))
        : Future.failedFuture(cause);
  }

  @Override
  public Future<Map<TaskId, Renewal.Answer>> renew(String worker, List<Renewal> renewals) {
    if (renewals.size() > MOST_RENEWALS) {
      throw new IllegalArgumentException(
          "renewals: " + renewals.size() + " (expected: at most " + MOST_RENEWALS + ")");
    }
    if (renewals.isEmpty()) {
      return Future.succeededFuture(Map.of());
    }
    List<String> arguments = new ArrayList<>();
    arguments.add(Long.toString(config.leases().length().toMillis()));
    for (Renewal renewal : renewals) {
      arguments.addAll(renewArguments(renewal));
    }
    return gateway.runUrgent(Script.RENEW, arguments).map(reply -> answers(renewals, reply.at(0)));
  }

  private static List<String> renewArguments(Renewal renewal) {
    String checkpoint = renewal.checkpoint();
    Renewal.Refusal refusal = renewal.refusal();
    return List.of(
        renewal.id().toString(),
        renewal.nonce(),
        progress(renewal.progress()),
        checkpoint == null ? "" : checkpoint,
        refusal == null ? "" : refusal.checkpoint(),
        refusal == null ? "" : cut(refusal.reason(), LONGEST_WARNING));
  }

  private static String progress(@Nullable Progress progress) {
    return progress == null ? "" : progress.done() + "/" + progress.total();
  }

  private static Map<TaskId, Renewal.Answer> answers(List<Renewal> renewals, Response codes) {
    Map<TaskId, Renewal.Answer> answers = new LinkedHashMap<>();
    for (int i = 0; i < renewals.size(); i++) {
      answers.put(renewals.get(i).id(), Renewal.Answer.valueOf(codes.get(i).toString()));
    }
    return answers;
  }

  @Override
  public Future<List<ReportResult>> complete(List<Completion> completions) {
    List<Future<List<ReportResult>>> calls = new ArrayList<>();
    for (int from = 0; from < completions.size(); from += COMPLETIONS_PER_CALL) {
      int to = Math.min(from + COMPLETIONS_PER_CALL, completions.size());
      calls.add(completeFew(completions.subList(from, to)));
    }
    return Future.all(calls)
        .map(all -> calls.stream().flatMap(call -> call.result().stream()).toList());
  }

  private Future<List<ReportResult>> completeFew(List<Completion> completions) {
    List<String> arguments = new ArrayList<>();
    arguments.add(idempotencyTailMs);
    completions.forEach(completion -> addArguments(arguments, completion));
    return gateway
        .run(Script.COMPLETE, arguments)
        .map(
            reply -> ScriptReply.strings(reply.at(0)).stream().map(ReportResult::valueOf).toList());
  }

  private static void addArguments(List<String> arguments, Completion completion) {
    List<String> warnings =
        completion.warnings().stream()
            .limit(MOST_WARNINGS)
            .map(warning -> cut(warning, LONGEST_WARNING))
            .toList();
    arguments.addAll(
        List.of(
            completion.id().toString(),
            completion.nonce(),
            completion.manifest(),
            Integer.toString(completion.rows()),
            Integer.toString(warnings.size()),
            WireJson.write(warnings)));
    arguments.addAll(warnings);
  }

  @Override
  public Future<ReportResult> fail(Failure failure) {
    QueueConfig.Retries retries = config.retries();
    List<String> arguments =
        List.of(
            failure.id().toString(),
            failure.nonce(),
            failure.kind().name(),
            cut(failure.reason(), LONGEST_REASON),
            Double.toString(jitter.nextDouble()),
            Integer.toString(retries.maxFailures()),
            Long.toString(retries.task().first().toMillis()),
            Long.toString(retries.task().longest().toMillis()),
            Long.toString(retries.infrastructure().first().toMillis()),
            Long.toString(retries.infrastructure().longest().toMillis()),
            idempotencyTailMs,
            Integer.toString(config.breaker().tasks()),
            Long.toString(config.breaker().within().toMillis()),
            Long.toString(config.breaker().probe().toMillis()));
    return gateway.run(Script.FAIL, arguments).map(reply -> taken(failure, reply));
  }

  private static ReportResult taken(Failure failure, ScriptReply reply) {
    if (reply.at(0).toInteger() == 1) {
      log.error(
          "breaker opened: stage={} worker={} reason=\"{}\"",
          failure.id().stage(),
          failure.worker(),
          failure.reason());
    }
    return ReportResult.valueOf(reply.code());
  }

  /** The longest beginning of {@code text} that is at most {@code bytes} long as UTF-8. */
  private static String cut(String text, int bytes) {
    byte[] whole = text.getBytes(StandardCharsets.UTF_8);
    if (whole.length <= bytes) {
      return text;
    }
    int end = bytes;
    while ((whole[end] & 0xC0) == 0x80) {
      end--;
    }
    return new String(whole, 0, end, StandardCharsets.UTF_8);
  }

  @Override
  public Future<@Nullable Void> heartbeat(WorkerSnapshot worker) {
    return gateway
        .run(
            Script.HEARTBEAT,
            List.of(
                worker.id(),
                WireJson.write(worker),
                worker.bundle().toString(),
                Long.toString(FORGET_MS),
                Objects.toString(worker.secondsPerTask(), "")))
        .mapEmpty();
  }

  @Override
  public Future<@Nullable Void> goodbye(String worker) {
    return gateway
        .run(Script.GOODBYE, List.of(worker, Integer.toString(GOODBYE_TASKS), idempotencyTailMs))
        .compose(
            reply -> reply.at(0).toInteger() > 0 ? goodbye(worker) : Future.succeededFuture(null));
  }

  @Override
  public Future<@Nullable String> registeredDigest(BundleId bundle) {
    return gateway
        .run(Script.DIGEST, List.of(bundle.toString()))
        .map(reply -> ScriptReply.textOrNull(reply.at(0)));
  }

  @Override
  public Future<@Nullable Void> ready() {
    return gateway.run(Script.READY, List.of()).mapEmpty();
  }
}
