package dev.cascadefarm.common.queue.model;

import dev.cascadefarm.common.job.TaskId;

/** What a worker remembers of a task it was given. */
record Lease(TaskId task, String worker, String nonce) {}
