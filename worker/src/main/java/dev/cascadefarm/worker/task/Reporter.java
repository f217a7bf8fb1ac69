package dev.cascadefarm.worker.task;

import dev.cascadefarm.common.queue.QueueUnavailableException;
import dev.cascadefarm.common.queue.TaskQueue;
import dev.cascadefarm.common.queue.TaskQueue.Completion;
import dev.cascadefarm.common.queue.TaskQueue.Failure;
import dev.cascadefarm.common.queue.TaskQueue.ReportResult;
import dev.cascadefarm.worker.metrics.WorkerMetrics;
import dev.cascadefarm.worker.retry.Retry;
import io.vertx.core.Future;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.TimeoutException;

/**
 * Reports to the queue and repeats each report, nonce and all, until it is answered. Thread-safe.
 */
final class Reporter {
  private static final int MAX_REASON_BYTES = 2048;

  private final TaskQueue queue;
  private final Retry retry;
  private final WorkerMetrics metrics;

  Reporter(TaskQueue queue, Retry retry, WorkerMetrics metrics) {
    this.queue = queue;
    this.retry = retry;
    this.metrics = metrics;
  }

  Future<ReportResult> complete(Completion completion) {
    return retry.run(() -> queue.complete(completion), this::mayPass);
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
