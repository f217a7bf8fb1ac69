package dev.cascadefarm.worker.task;

import dev.cascadefarm.common.queue.QueueUnavailableException;
import dev.cascadefarm.common.queue.TaskQueue;
import dev.cascadefarm.common.queue.TaskQueue.Completion;
import dev.cascadefarm.common.queue.TaskQueue.Failure;
import dev.cascadefarm.common.queue.TaskQueue.ReportResult;
import dev.cascadefarm.worker.metrics.WorkerMetrics;
import dev.cascadefarm.worker.retry.Retry;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeoutException;

/**
 * Reports to the queue and repeats each report, nonce and all, until it is answered. What is
 * completed in one turn of the context is reported together. Confined to the context.
 */
final class Reporter {
  private static final int MAX_REASON_BYTES = 2048;

  private final Context context;
  private final TaskQueue queue;
  private final Retry retry;
  private final WorkerMetrics metrics;
  private List<Completed> waiting = new ArrayList<>();

  Reporter(Context context, HostServices services) {
    this.context = context;
    this.queue = services.queue();
    this.retry = services.reportRetry();
    this.metrics = services.metrics();
  }

  private record Completed(Completion completion, Promise<ReportResult> answer) {}

  Future<ReportResult> complete(Completion completion) {
    if (waiting.isEmpty()) {
      context.runOnContext(v -> send());
    }
    Completed completed = new Completed(completion, Promise.promise());
    waiting.add(completed);
    return completed.answer.future();
  }

  private void send() {
    List<Completed> all = waiting;
    waiting = new ArrayList<>();
    List<Completion> completions = all.stream().map(Completed::completion).toList();
    retry
        .run(() -> queue.complete(completions), this::mayPass)
        .onSuccess(results -> answer(all, results))
        .onFailure(error -> all.forEach(each -> each.answer.fail(error)));
  }

  private static void answer(List<Completed> all, List<ReportResult> results) {
    for (int i = 0; i < all.size(); i++) {
      all.get(i).answer.complete(results.get(i));
    }
  }

  Future<ReportResult> fail(Failure failure) {
    Failure bounded =
        new Failure(
            failure.id(),
            failure.worker(),
            failure.nonce(),
            failure.kind(),
            shorten(failure.reason()));
    return retry.run(() -> queue.fail(bounded), this::mayPass);
  }

  private boolean mayPass(Throwable error) {
    metrics.count("report.repeated");
    return error instanceof QueueUnavailableException || error instanceof TimeoutException;
  }

  private static String shorten(String reason) {
    String shorter = reason;
    while (shorter.getBytes(StandardCharsets.UTF_8).length > MAX_REASON_BYTES) {
      shorter = shorter.substring(0, shorter.length() / 2);
    }
    return shorter;
  }
}
