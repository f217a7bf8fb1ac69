package dev.cascadefarm.coordinator.chores;

import dev.cascadefarm.common.queue.QueueAudit;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.vertx.core.Future;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Audits the queue, puts right what is found, and says so: it should never have to. Thread-safe.
 */
final class Auditing {
  private static final Logger log = LoggerFactory.getLogger(Auditing.class);

  private final QueueAudit audit;
  private final Counter found;

  Auditing(QueueAudit audit, MeterRegistry metrics) {
    this.audit = audit;
    this.found =
        Counter.builder("farm.audit.findings")
            .description("What audits found wrong in the queue; anything but 0 is a defect")
            .register(metrics);
  }

  Future<QueueAudit.Report> round() {
    return audit.audit(true).onSuccess(this::say);
  }

  private void say(QueueAudit.Report report) {
    found.increment((double) report.found());
    report.findings().forEach(finding -> log.error("audit found and mended: {}", finding));
  }
}
