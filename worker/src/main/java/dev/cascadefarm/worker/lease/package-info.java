/**
 * The worker's side of its leases: renewing them in time, saying when one has ended, and the
 * heartbeat that tells the farm that the worker lives.
 */
@NullMarked
package dev.cascadefarm.worker.lease;

import org.jspecify.annotations.NullMarked;
