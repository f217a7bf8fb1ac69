package dev.cascadefarm.common.queue;

import io.vertx.core.Future;
import java.util.List;

/**
 * Compares what the queue keeps twice: every task is in exactly one index, every tenant that could
 * be served is in its ring, every counter equals what it counts. There should never be anything to
 * find; what is found is a defect, or the work of somebody else's hands. Thread-safe.
 */
public interface QueueAudit {
  /**
   * Looks at the whole queue once, a bounded piece per call to Redis, while work goes on.
   *
   * @param repair whether to put right what is found
   */
  Future<Report> audit(boolean repair);

  /**
   * What an audit found.
   *
   * @param calls to Redis
   * @param findings the first of them
   * @param found all of them
   */
  record Report(int calls, List<Finding> findings, long found) {
    public Report {
      findings = List.copyOf(findings);
    }
  }

  /**
   * Something that should not be.
   *
   * @param kind {@code X} (a task and its index), {@code R} (a tenant and its ring), {@code pend},
   *     {@code counter} or {@code job}
   * @param what the task, job or tenant
   */
  record Finding(String kind, String what, String detail) {
    @Override
    public String toString() {
      return kind + ": " + what + ": " + detail;
    }
  }
}
