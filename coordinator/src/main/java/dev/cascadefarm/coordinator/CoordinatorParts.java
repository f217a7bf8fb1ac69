package dev.cascadefarm.coordinator;

import dev.cascadefarm.common.bus.FarmBus;
import dev.cascadefarm.common.bus.LostProcesses;
import dev.cascadefarm.common.cascade.Catalogue;
import dev.cascadefarm.common.queue.JobQueue;
import dev.cascadefarm.common.queue.JobRetention;
import dev.cascadefarm.common.queue.QueueAudit;
import dev.cascadefarm.common.queue.QueueControl;
import dev.cascadefarm.common.queue.RedisQueue;
import dev.cascadefarm.common.store.ArtifactStore;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;

/**
 * What a coordinator works with; whoever made them closes them.
 *
 * @param metrics also the registry that the Vert.x instance reports to
 */
public record CoordinatorParts(
    JobQueue queue,
    QueueControl control,
    JobRetention retention,
    QueueAudit audit,
    ArtifactStore store,
    FarmBus bus,
    LostProcesses losses,
    Catalogue catalogue,
    PrometheusMeterRegistry metrics) {
  /** With all sides of one queue. */
  public static CoordinatorParts of(
      RedisQueue queue,
      ArtifactStore store,
      FarmBus bus,
      LostProcesses losses,
      Catalogue catalogue,
      PrometheusMeterRegistry metrics) {
    return new CoordinatorParts(
        queue.jobs(),
        queue.control(),
        queue.retention(),
        queue.audit(),
        store,
        bus,
        losses,
        catalogue,
        metrics);
  }
}
