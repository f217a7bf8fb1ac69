package dev.cascadefarm.coordinator.audit;

import dev.cascadefarm.common.queue.QueueAudit;
import dev.cascadefarm.common.queue.QueueAudit.Report;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.vertx.core.Future;
import java.util.HashMap;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Audits the queue and says what is found: there should never be anything. Who asks while an audit
 * of the same kind is under way shares it, so that a repeated request costs nothing. Thread-safe.
 */
public final class Auditor {
  private static final Logger log = LoggerFactory.getLogger(Auditor.class);

  private final QueueAudit audit;
  private final Counter mended;
  private final Map<Boolean, Future<Report>> underWay = new HashMap<>();

  public Auditor(QueueAudit audit, MeterRegistry metrics) {
    this.audit = audit;
    this.mended =
        Counter.builder("farm.audit.findings")
            .description("What audits found wrong in the queue and mended; above 0 is a defect")
            .register(metrics);
  }

  /**
   * Looks at the whole queue.
   *
   * @param repair whether to put right what is found
   */
  public synchronized Future<Report> audit(boolean repair) {
    Future<Report> running = underWay.get(repair);
    if (running == null || running.isComplete()) {
      running = audit.audit(repair).onSuccess(report -> say(report, repair));
      underWay.put(repair, running);
    }
    return running;
  }

  private void say(Report report, boolean repair) {
    if (repair) {
      mended.increment((double) report.found());
    }
    String outcome = repair ? "audit found and mended" : "audit found";
    report.findings().forEach(finding -> log.error("{}: {}", outcome, finding));
  }
}
