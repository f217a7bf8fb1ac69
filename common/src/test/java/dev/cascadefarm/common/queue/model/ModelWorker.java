package dev.cascadefarm.common.queue.model;

import dev.cascadefarm.common.job.TaskId;
import dev.cascadefarm.common.queue.WorkerSnapshot;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A worker of the model. */
final class ModelWorker {
  final String id;

  /** When it last claimed or sent a heartbeat. */
  long heard;

  /** As of its last heartbeat, if it sent one. */
  @Nullable WorkerSnapshot info;

  long seen;

  /** The last claim that was answered, and with what. */
  @Nullable String request;

  List<Lease> got = List.of();

  /** The last task that it ran alone because that had lost a worker before. */
  @Nullable TaskId alone;

  ModelWorker(String id) {
    this.id = id;
  }
}
