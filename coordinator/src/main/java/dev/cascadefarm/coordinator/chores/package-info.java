/**
 * What a coordinator does again and again beside answering: looks for lost leases, forgets old
 * jobs, collects garbage, audits the queue. Any number of coordinators may do the same at once, and
 * each may be killed midway.
 */
@NullMarked
package dev.cascadefarm.coordinator.chores;

import org.jspecify.annotations.NullMarked;
