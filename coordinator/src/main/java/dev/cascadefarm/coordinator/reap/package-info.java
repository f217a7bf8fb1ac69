/** Returns leases of lost workers to the queue, from time to time. */
@NullMarked
package dev.cascadefarm.coordinator.reap;

import org.jspecify.annotations.NullMarked;
