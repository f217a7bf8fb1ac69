package dev.cascadefarm.coordinator;

import dev.cascadefarm.common.bus.FarmBus;
import dev.cascadefarm.common.cascade.Catalogue;
import dev.cascadefarm.common.queue.JobQueue;
import dev.cascadefarm.common.store.ArtifactStore;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;

/**
 * What a coordinator works with; whoever made them closes them.
 *
 * @param metrics also the registry that the Vert.x instance reports to
 */
public record CoordinatorParts(
    JobQueue queue,
    ArtifactStore store,
    FarmBus bus,
    Catalogue catalogue,
    PrometheusMeterRegistry metrics) {}
