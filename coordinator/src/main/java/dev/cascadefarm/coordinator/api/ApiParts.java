package dev.cascadefarm.coordinator.api;

import dev.cascadefarm.common.cascade.Catalogue;
import dev.cascadefarm.common.plan.JobPlanner;
import dev.cascadefarm.common.queue.JobQueue;
import dev.cascadefarm.common.queue.QueueControl;
import dev.cascadefarm.common.store.ArtifactStore;
import dev.cascadefarm.coordinator.audit.Auditor;
import dev.cascadefarm.coordinator.contract.ApiContract;
import dev.cascadefarm.coordinator.events.EventHub;
import dev.cascadefarm.coordinator.upload.Uploads;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.security.SecureRandom;

/** What the API's handlers work with. */
public record ApiParts(
    ApiContract contract,
    JobQueue queue,
    QueueControl control,
    Auditor auditor,
    ArtifactStore store,
    Uploads uploads,
    EventHub hub,
    Catalogue catalogue,
    JobPlanner planner,
    PrometheusMeterRegistry metrics,
    SecureRandom random) {}
