package dev.cascadefarm.coordinator.events;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.cascadefarm.common.queue.JobEvent;
import dev.cascadefarm.common.queue.JobQueue;
import dev.cascadefarm.common.queue.JobSnapshot;
import java.util.function.Function;

/**
 * Where feeds read of jobs.
 *
 * @param document a job as clients see it
 */
public record JobSource(JobQueue queue, Function<JobSnapshot, ObjectNode> document) {
  /** The job as it stands, in place of all events up to that sequence. */
  JobEvent snapshot(JobSnapshot job, long seq) {
    return new JobEvent(
        JobEvent.VERSION,
        seq,
        JobEvent.JOB_SNAPSHOT,
        System.currentTimeMillis(),
        job.id(),
        null,
        null,
        null,
        document.apply(job));
  }
}
