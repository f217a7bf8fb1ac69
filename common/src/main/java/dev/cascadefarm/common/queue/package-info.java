/**
 * The durable job queue: jobs, tasks, leases and event logs in Redis, each state change one script.
 *
 * <p>Every operation may be repeated with the same nonce or request id and then answers as the
 * first time, so a lost reply costs nothing. All futures fail with {@link
 * dev.cascadefarm.common.queue.QueueUnavailableException} when Redis does not answer within the
 * deadline; the outcome is then unknown and the caller repeats the same call.
 */
@NullMarked
package dev.cascadefarm.common.queue;

import org.jspecify.annotations.NullMarked;
